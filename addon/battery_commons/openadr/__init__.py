"""The open standard between grid operators and the villages below them: OpenADR 3.1."""
