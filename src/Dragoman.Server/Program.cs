return await Dragoman.Server.Cli.CommandLine.RunAsync(args);
