using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary>Where a command takes a passphrase from: a file, the environment, or a prompt that shows nothing. Never an argument: it would stand in the shell's history and in the list of processes.</summary>
internal sealed class PassphraseReading
{
    private readonly Option<string?> _file = new("--passphrase-file") { Description = "A file whose first line is the passphrase; - reads it from standard input." };
    private readonly Option<string?> _variable = new("--passphrase-env") { Description = "The environment variable that holds the passphrase." };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_variable);
    }

    /// <summary>The passphrase.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="twice">Whether it is asked for twice: a new one must not be mistyped.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ManagementException">There is none to be had.</exception>
    public async Task<string> ReadAsync(ParseResult parsed, bool twice, CancellationToken cancellationToken)
        => await FindAsync(parsed, twice, cancellationToken) is { Length: > 0 } passphrase ? passphrase : throw new ManagementException("There is no passphrase. Name a file with --passphrase-file or a variable with --passphrase-env.");

    private async Task<string?> FindAsync(ParseResult parsed, bool twice, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_variable) is { } variable) return Environment.GetEnvironmentVariable(variable) ?? throw new ManagementException($"The environment variable '{variable}' is not set.");
        switch (parsed.GetValue(_file))
        {
            case "-":
                return await Console.In.ReadLineAsync(cancellationToken);
            case { } file:
                try
                {
                    return (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault();
                }
                catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
                {
                    throw new ManagementException($"The passphrase cannot be read: {ex.Message}");
                }
        }

        if (Console.IsInputRedirected) return null;
        var asked = await AskAsync("Passphrase:", cancellationToken);
        return !twice || await AskAsync("Once more:", cancellationToken) == asked ? asked : throw new ManagementException("The two are not the same; nothing was done.");
    }

    private static Task<string> AskAsync(string prompt, CancellationToken cancellationToken) => new TextPrompt<string>(prompt).Secret(null).AllowEmpty().ShowAsync(SafeConsole.Prompts(), cancellationToken);
}
