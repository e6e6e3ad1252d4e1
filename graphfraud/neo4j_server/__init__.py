"""A Neo4j server for machines without containers: fetched by Maven, on loopback only, with a password.

``home`` knows the files, ``artefacts`` fetches the jars, ``configuration``,
``password`` and ``certificate`` write what the server reads, ``process`` sets it
loose, ``bolt`` asks whether it answers, ``server`` starts, stops and administers
it, ``__main__`` is its command line.
"""
