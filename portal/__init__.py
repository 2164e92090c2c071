"""The pages: answers through the links in mails, the public record, and the development mailbox."""
