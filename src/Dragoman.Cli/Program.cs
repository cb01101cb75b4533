return await Dragoman.Cli.CommandLine.RunAsync(args);
