"""The chat page: header, transcript, composer."""
