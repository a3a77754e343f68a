"""AWS on a laptop: moto's server with what production relies on and moto lacks."""
