"""What the version at commit abaee20 stored opens, replays, resumes and downloads as it did then."""
