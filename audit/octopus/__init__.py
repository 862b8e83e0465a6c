"""What an audit of Octopus Deploy says beside its verdicts."""
