"""What people read: the sentences an editor would write."""
