"""What a run finds: failures grouped by their cause and made small, how far its requests reach, and case files."""
