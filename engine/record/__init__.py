"""The public record of a cycle: its facts, and the formats that programs read them in."""
