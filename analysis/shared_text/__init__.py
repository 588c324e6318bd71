"""Text that plans share: runs, same sentences, nearest counterparts."""
