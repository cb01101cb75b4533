using System.CommandLine;
using Dragoman.Gateway.Providers;

namespace Dragoman.Server.Cli;

/// <summary>The <c>dragoman</c> command and its subcommands.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        SafeConsole.Install();
        // A server need not load what draws tables.
        if (args is not ["serve" or "emulate", ..]) SafeConsole.InstallTables();
        var parsed = Create().Parse(args);
        // A signal is the running command's to answer: the parser's own handler would end the process two seconds after it.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand($"dragoman {Product.Version}: one address for every LLM client, in front of every account you have.")
        {
            ServeCommand.Create(),
            ExplainCommand.Create(),
            ModelsCommand.Create(),
            DoctorCommand.Create(),
            Keys.KeysCommand.Create(),
            Usage.UsageCommand.Create(),
            EmulateCommand.Create(),
            Connect.ConnectCommand.Create(),
            Flows.FlowsCommand.Create(),
            Accounts.AccountsCommand.Create(),
            Accounts.LimitsCommand.Create(),
        };
        root.Add(SettingsCommand.Create());
        root.Add(AuditCommand.Create());
        root.Add(BackupCommand.Create());
        root.Add(RestoreCommand.Create());
        root.Add(CompletionCommand.Create());
        return root;
    }
}
