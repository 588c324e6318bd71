"""Material and exercises of the lessons."""
