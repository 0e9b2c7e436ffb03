"""Reads codes: camera, wedge gun, serial gun, pictures."""
