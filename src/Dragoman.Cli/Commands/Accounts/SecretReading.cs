using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary>
/// Where a command takes a secret from: a file, the environment, standard input, or a prompt that shows nothing. An argument would stand in
/// the shell's history and in the list of processes: it is taken, with a warning.
/// </summary>
internal sealed class SecretReading
{
    private readonly Option<string?> _file = new("--key-file") { Description = "A file that holds the key; - reads it from standard input." };
    private readonly Option<string?> _variable = new("--key-env") { Description = "The environment variable that holds the key." };
    private readonly Option<string?> _plain = new("--key") { Description = "The key itself. Shells and process lists show it: prefer --key-file, --key-env or the prompt." };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_variable);
        command.Add(_plain);
    }

    /// <summary>Whether the command line says where the secret is.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_file) is not null || parsed.GetValue(_variable) is not null || parsed.GetValue(_plain) is not null;

    /// <summary>The secret; asked for when the command line names none.</summary>
    /// <exception cref="ManagementException">There is none to be had.</exception>
    public async Task<string> ReadAsync(ParseResult parsed, string prompt, CancellationToken cancellationToken)
    {
        var secret = (await FindAsync(parsed, prompt, cancellationToken))?.Trim();
        return !string.IsNullOrEmpty(secret) ? secret : throw new ManagementException("There is no key. Name a file with --key-file, a variable with --key-env, or pipe it in; --no-key adds an account without one.");
    }

    private async Task<string?> FindAsync(ParseResult parsed, string prompt, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_variable) is { } variable)
            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : throw new ManagementException($"The environment variable '{variable}' is not set.");
        if (parsed.GetValue(_plain) is { } plain)
        {
            await Console.Error.WriteLineAsync("dragoman: a key on the command line can be read by others on this machine and stays in the shell's history; --key-file, --key-env or the prompt are safer.");
            return plain;
        }

        if (parsed.GetValue(_file) is { } file && file != "-")
        {
            try
            {
                return await File.ReadAllTextAsync(file, cancellationToken);
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                throw new ManagementException($"The key cannot be read: {ex.Message}");
            }
        }

        if (parsed.GetValue(_file) == "-" || Console.IsInputRedirected) return await Console.In.ReadLineAsync(cancellationToken);
        return await new TextPrompt<string>(prompt).Secret(null).AllowEmpty().ShowAsync(SafeConsole.Prompts(), cancellationToken);
    }
}
