"""The steps that phase flows are written with, and the replay that lets them wait for months."""
