"""How well the rules read: labels, scores, agreement between labellers."""
