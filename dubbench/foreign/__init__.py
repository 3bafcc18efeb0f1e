"""What comes from programs and endpoints that are not ours, and goes to them. The adapters that use it stay thin."""
