"""What only CloudBees CD needs: its layouts, checks, orders of steps."""
