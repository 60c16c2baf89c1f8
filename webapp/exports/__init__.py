"""Exports of a study's trained network: asked for, made by a process of the engine with its proof, downloaded."""
