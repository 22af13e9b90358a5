"""The ground every other room stands on; it stands on nothing of ours."""
