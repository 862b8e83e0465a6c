"""`python -m audit` is `passkey-audit`."""

from audit.cli.app import main

if __name__ == "__main__":
    main()
