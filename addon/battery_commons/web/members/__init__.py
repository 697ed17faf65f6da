"""The members' API: what homes and meters call, and the stream that a home opens."""
