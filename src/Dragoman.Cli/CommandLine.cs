using System.CommandLine;
using System.CommandLine.Invocation;
using Dragoman.Cli.Commands;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Providers;

namespace Dragoman.Cli;

/// <summary>The <c>dragoman</c> command and its subcommands.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        SafeConsole.Install();
        // A server need not load what draws tables.
        if (args is not ["serve" or "emulate", ..]) SafeConsole.InstallTables();
        if (args is ["help", .. var words]) args = [.. words, "--help"];
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction) return await UsageFault.WriteErrorAsync(parsed);
        try
        {
            // A signal is the running command's to answer: the parser's own handler would end the process two seconds after it.
            var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
            return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (Exception ex)
        {
            return await CommandFault.WriteErrorAsync(ex);
        }
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand($"dragoman {Product.Version}: one address for every LLM client, in front of every account you have.")
        {
            ServeCommand.Create(),
            ExplainCommand.Create(),
            ModelsCommand.Create(),
            Dragoman.Cli.Doctor.DoctorCommand.Create(),
            Dragoman.Cli.Commands.Keys.KeysCommand.Create(),
            Dragoman.Cli.Commands.Usage.UsageCommand.Create(),
            EmulateCommand.Create(),
            Dragoman.Cli.Connect.ConnectCommand.Create(),
            Dragoman.Cli.Commands.Flows.FlowsCommand.Create(),
            Dragoman.Cli.Commands.Accounts.AccountsCommand.Create(),
            Dragoman.Cli.Commands.Accounts.LimitsCommand.Create(),
            Dragoman.Cli.Commands.Logins.LoginCommand.Create(),
            Dragoman.Cli.Commands.Imports.SystemImportCommand.Create(),
        };
        root.Add(SettingsCommand.Create());
        root.Add(AuditCommand.Create());
        root.Add(BackupCommand.Create());
        root.Add(RestoreCommand.Create());
        root.Add(CompletionCommand.Create());
        root.Add(HelpCommand());
        foreach (var version in root.Options.OfType<VersionOption>()) version.Action = new VersionAction();
        Completions.AddTo(root);
        return root;
    }

    /// <summary>So that the list of commands has it, and completion; what it does is done before the line is parsed.</summary>
    private static Command HelpCommand()
        => new("help", "Shows what a command does and takes: dragoman help keys create.") { new Argument<string[]>("command") { Description = "The command.", Arity = ArgumentArity.ZeroOrMore } };
}
