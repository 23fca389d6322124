"""What is kept, for how long, under whose key: sealing, opening, and deletion with a certificate."""
