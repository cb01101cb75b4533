using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Clients;

namespace Dragoman.Cli.Connect;

/// <summary><c>dragoman connect CLIENT</c>: points a client at the gateway by its own configuration, and back.</summary>
internal sealed class ConnectCommand
{
    private readonly Argument<string?> _client = new("client") { Description = "The client.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _url = new("--url") { Description = "The gateway's address. Default: $DRAGOMAN_URL, then the gateway that runs on the data folder, then the configuration's." };
    private readonly Option<string?> _key = new("--key") { Description = "A client key of the gateway; '-' reads it from standard input. Better: $DRAGOMAN_KEY, which no list of processes shows." };
    private readonly Option<string?> _keyVariable = new("--key-env") { Description = "Codex: the environment variable that will hold the key, so that it stands in no file." };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The model to ask for. Default: the client's own choice, for OpenCode and Qwen Code the gateway's first." };
    private readonly Option<string?> _smallModel = new("--small-model") { Description = "The model for small tasks, where the client has one." };
    private readonly Option<bool> _undo = new("--undo") { Description = "Restores what was there before." };
    private readonly Option<bool> _force = new("--force") { Description = "With --undo: puts the copies back, over whatever was changed since." };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Does not ask." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only shows the difference." };
    private readonly Option<bool> _status = new("--status") { Description = "Tells which clients are connected, and where to." };
    private readonly Option<bool> _list = new("--list") { Description = "Lists the clients and their files." };
    private readonly Option<string?> _home = new("--home") { Description = "The home folder whose clients are meant, in place of yours and of the clients' own variables." };
    private readonly Option<string?> _data = new("--data") { Description = "The data folder. Default: $DRAGOMAN_DATA, then ~/.dragoman." };

    public static Command Create()
    {
        var options = new ConnectCommand();
        options._client.AcceptOnlyFromAmong([.. ClientConfig.All.Select(client => client.Name)]);
        var command = new Command("connect", "Points a client (claude-code, codex, gemini, opencode, qwen) at the gateway by its own configuration, and back with --undo.")
        {
            options._client, options._url, options._key, options._keyVariable, options._model, options._smallModel, options._undo, options._force,
            options._yes, options._dryRun, options._status, options._list, options._home, options._data,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await options.RunAsync(parsed, cancellationToken);
            }
            catch (Exception ex) when (ex is ManagementException or ClientFileException)
            {
                await Console.Error.WriteLineAsync($"dragoman: {ex.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var places = ClientPaths.From(parsed.GetValue(_home));
        var data = parsed.GetValue(_data) ?? (parsed.GetValue(_home) is null ? null : Path.Combine(places.Home, ".dragoman"));
        var store = new ConnectionStore(DataFolder.Resolve(data));
        if (parsed.GetValue(_list)) return List(places);
        if (parsed.GetValue(_status)) return Status(store);
        if (ClientConfig.All.FirstOrDefault(client => client.Name == parsed.GetValue(_client)) is not { } client)
        {
            await Console.Error.WriteLineAsync($"dragoman: say which client: {string.Join(", ", ClientConfig.All.Select(known => known.Name))}.");
            return ExitCodes.Usage;
        }

        return parsed.GetValue(_undo) ? Undo(parsed, client, places, store) : await ConnectAsync(parsed, client, places, store, cancellationToken);
    }

    private async Task<int> ConnectAsync(ParseResult parsed, ClientConfig client, ClientPaths places, ConnectionStore store, CancellationToken cancellationToken)
    {
        var gateway = await GatewayAsync(parsed, client, cancellationToken);
        var plan = ConnectPlan.Plan(client, places, gateway, store, TimeProvider.System.GetUtcNow());
        var notes = client.Notes(gateway).ToList();
        if (gateway.Model is null && gateway.Models.Count > 0)
            notes.Add($"{client.Title} asks for its own models; --model chooses one of the gateway's: {string.Join(", ", gateway.Models.Take(8).Select(model => model.Id))}{(gateway.Models.Count > 8 ? ", …" : "")}.");
        if (!plan.Changes.Exists(change => change.IsNeeded))
        {
            Console.Out.WriteLine($"{client.Title} is connected to {gateway.Base} already; nothing to change.");
            return ExitCodes.Success;
        }

        if (!Show(parsed, plan.Changes, out var code)) return code;
        plan.Apply();
        Console.Out.WriteLine($"{client.Title} now asks {gateway.Base}. Restart it where it runs. Back with: dragoman connect {client.Name} --undo");
        foreach (var note in notes) Console.Out.WriteLine($"  {note}");
        return ExitCodes.Success;
    }

    private int Undo(ParseResult parsed, ClientConfig client, ClientPaths places, ConnectionStore store)
    {
        if (store.Find(client.Name, client.Files(places)[0]) is not { } connection)
        {
            var elsewhere = store.List().Where(known => known.Client == client.Name).Select(known => known.Files[0].Path).ToList();
            throw new ManagementException(elsewhere.Count == 0
                ? $"{client.Title} was not connected from this data folder; there is nothing to undo."
                : $"{client.Title} was connected by {string.Join(" and ", elsewhere)}, which is not where its variables point now.");
        }

        var changes = DisconnectPlan.Plan(connection, store, parsed.GetValue(_force));
        if (changes.Any(change => change.IsNeeded) && !Show(parsed, changes, out var code)) return code;
        foreach (var change in changes.Where(change => change.IsNeeded)) change.Apply();
        store.Remove(connection);
        Console.Out.WriteLine($"{client.Title} is as it was.");
        foreach (var left in changes.SelectMany(change => change.Left)) Console.Out.WriteLine($"  Except: {left}");
        return ExitCodes.Success;
    }

    /// <summary>Shows the differences and asks; false when nothing is to be done.</summary>
    private bool Show(ParseResult parsed, IReadOnlyList<FileChange> changes, out int code)
    {
        foreach (var change in changes.Where(change => change.IsNeeded)) Console.Out.Write(change.Diff());
        code = ExitCodes.Success;
        if (parsed.GetValue(_dryRun)) return false;
        if (parsed.GetValue(_yes)) return true;
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("dragoman: nothing was changed: there is no terminal to ask on; say --yes.");
            code = ExitCodes.Failure;
            return false;
        }

        Console.Out.Write("Change these files? [y/N] ");
        if (Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes") return true;
        Console.Out.WriteLine("Nothing was changed.");
        return false;
    }

    private async Task<GatewayEndpoint> GatewayAsync(ParseResult parsed, ClientConfig client, CancellationToken cancellationToken)
    {
        var gateway = GatewayAddress.Find(parsed.GetValue(_url), parsed.GetValue(_data));
        var address = gateway.Address;
        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable("DRAGOMAN_KEY");
        if (key == "-") key = await Console.In.ReadLineAsync(cancellationToken);
        key = string.IsNullOrWhiteSpace(key) ? null : key.Trim();
        if (key is not null && key.Any(letter => letter is <= ' ' or >= '\x7f' or '"' or '\'' or '\\')) throw new ManagementException("That is no client key: it has letters that no key has.");
        var variable = parsed.GetValue(_keyVariable);
        if (variable is not null && client.Name != "codex") throw new ManagementException($"{client.Title} reads the key from its own file; --key-env is for codex.");
        var models = await GatewayQuestion.GetModelsAsync(gateway, key ?? (variable is null ? null : Environment.GetEnvironmentVariable(variable)), cancellationToken);
        if (models is null) await Console.Error.WriteLineAsync($"dragoman: no gateway answers at {address} now; the client is pointed there all the same.");
        var model = parsed.GetValue(_model);
        foreach (var asked in new[] { model, parsed.GetValue(_smallModel) })
        {
            if (asked is not null && models is { Count: > 0 } && models.All(served => served.Id != asked))
                await Console.Error.WriteLineAsync($"dragoman: the gateway does not list the model '{asked}'; 'dragoman explain {asked}' says whether it can be had.");
        }

        if (model is null && client.NeedsModel) model = (models is [var first, ..] ? first.Id : null) ?? throw new ManagementException($"{client.Title} needs a model, and the gateway cannot be asked for one: start it, or use --model.");
        return new GatewayEndpoint(address, key, variable, model, parsed.GetValue(_smallModel), models ?? []);
    }

    private static int List(ClientPaths places)
    {
        foreach (var client in ClientConfig.All)
        {
            Console.Out.WriteLine($"{client.Name,-12} {client.Title}");
            foreach (var file in client.Files(places)) Console.Out.WriteLine($"{"",-12} {file}{(File.Exists(file) ? "" : " (not there yet)")}");
        }

        return ExitCodes.Success;
    }

    private static int Status(ConnectionStore store)
    {
        var connections = store.List();
        if (connections.Count == 0) Console.Out.WriteLine("No client is connected.");
        foreach (var connection in connections)
        {
            Console.Out.WriteLine($"{connection.Client,-12} {connection.Url} since {connection.At.ToLocalTime():yyyy-MM-dd HH:mm}");
            foreach (var file in connection.Files)
            {
                var now = ClientConfigFile.Read(file.Path);
                var words = now.Hash == file.After ? "" : now.Content is null ? " (removed since)" : now.Hash == file.Before ? " (put back since)" : " (changed since)";
                Console.Out.WriteLine($"{"",-12} {file.Path}{words}");
            }
        }

        return ExitCodes.Success;
    }
}
