using Dragoman.Testing;

[assembly: AssemblyFixture(typeof(PostgresShutdown))]
