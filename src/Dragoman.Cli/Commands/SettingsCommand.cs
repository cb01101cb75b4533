using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Configuration.Schema;
using Dragoman.Management;
using Dragoman.Management.Settings;
using Dragoman.Providers;
using Spectre.Console;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman settings</c>: shows and changes what the running gateway does, in its configuration's file.</summary>
internal static class SettingsCommand
{
    public static Command Create() => new("settings", "Shows and changes the running gateway's settings, in its configuration's file.")
    {
        List(),
        Get(),
        Set(),
        Unset(),
        SettingsEdit.Create(),
        Schema(),
        SecretCommand.Create(),
        RotateKeyCommand.Create(),
    };

    private static Command List()
    {
        var filter = new Argument<string?>("filter") { Description = "Only settings whose path has this in it.", Arity = ArgumentArity.ZeroOrOne };
        return new ManagementOptions().Run(new Command("list", "Lists what is in force, and where it comes from.") { filter }, async (client, parsed, json, cancellationToken) =>
        {
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "settings", null, cancellationToken));
                return ExitCodes.Success;
            }

            var view = await client.GetAsync<SettingsView>("settings", cancellationToken);
            Console.Out.WriteLine(view.File is null ? "The gateway runs without a configuration file." : $"{view.File}{(view.FileExists ? "" : " (not there yet; the first change makes it)")}");
            var table = new Table().Border(TableBorder.None).AddColumns("SETTING", "VALUE", "FROM", "");
            var wanted = parsed.GetValue(filter);
            foreach (var setting in view.Settings.Where(setting => wanted is null || setting.Path.Contains(wanted, StringComparison.OrdinalIgnoreCase)))
                table.AddRow(Markup.Escape(setting.Path), Markup.Escape(Describe(setting.Value)), setting.Origin, setting.NeedsRestart ? "at the next start" : "");
            AnsiConsole.Write(table);
            foreach (var problem in view.Problems) await Console.Error.WriteLineAsync($"line {problem.Line}: {problem.Path}: {problem.Message} {problem.Remedy}");
            return ExitCodes.Success;
        });
    }

    private static Command Get()
    {
        var path = new Argument<string>("path") { Description = "The setting: routing.strategy, api-keys[0], …" };
        return new ManagementOptions().Run(new Command("get", "Prints one setting, or all that stand below it.") { path }, async (client, parsed, json, cancellationToken) =>
        {
            var wanted = parsed.GetValue(path)!;
            var view = await client.GetAsync<SettingsView>("settings", cancellationToken);
            var found = view.Settings.Where(setting => setting.Path == wanted || setting.Path.StartsWith(wanted + ".", StringComparison.Ordinal) || setting.Path.StartsWith(wanted + "[", StringComparison.Ordinal)).ToList();
            if (found.Count == 0) throw new ManagementException($"There is no setting '{wanted}' in force or in the file; 'dragoman settings list' shows all.");
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(found, ManagementJson.Options));
            else if (found is [{ } only] && only.Path == wanted) Console.Out.WriteLine(Describe(only.Value));
            else foreach (var setting in found) Console.Out.WriteLine($"{setting.Path}: {Describe(setting.Value)}");
            return ExitCodes.Success;
        });
    }

    private static Command Set()
    {
        var path = new Argument<string>("path") { Description = "The setting: routing.strategy, api-keys[0], api-keys[+] for a new item, …" };
        var value = new Argument<string>("value") { Description = "The value: a word, a number, true, false, or JSON." };
        var text = new Option<bool>("--text") { Description = "Takes the value as text even if it looks like a number or JSON." };
        return new ManagementOptions().Run(new Command("set", "Changes one setting in the file, in place; it takes effect at once.") { path, value, text },
            (client, parsed, json, cancellationToken) => ChangeAsync(client, parsed.GetValue(path)!, parsed.GetValue(text) ? JsonValue.Create(parsed.GetValue(value)) : ValueOf(parsed.GetValue(value)!), json, cancellationToken));
    }

    private static Command Unset()
    {
        var path = new Argument<string>("path") { Description = "The setting." };
        return new ManagementOptions().Run(new Command("unset", "Takes one setting out of the file: the default holds again.") { path },
            (client, parsed, json, cancellationToken) => ChangeAsync(client, parsed.GetValue(path)!, null, json, cancellationToken));
    }

    private static Command Schema()
    {
        var command = new Command("schema", "Prints the JSON Schema of config.yaml, for editors; needs no running gateway.");
        command.SetAction(static _ =>
        {
            Console.Out.Write(ConfigSchema.TextOf(ProviderModules.CreateRegistry(TimeProvider.System)));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<int> ChangeAsync(ManagementClient client, string path, JsonNode? value, bool json, CancellationToken cancellationToken)
    {
        using var body = new StringContent(new JsonObject { [path] = value }.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(HttpMethod.Patch, "settings", body, null, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (json) Console.Out.WriteLine(text);
        else await WriteAsync(JsonSerializer.Deserialize<SettingsChangedView>(text, ManagementJson.Options)!);
        return ExitCodes.Success;
    }

    /// <summary>Prints what a change did.</summary>
    internal static async Task WriteAsync(SettingsChangedView view)
    {
        foreach (var problem in view.Problems) await Console.Error.WriteLineAsync($"line {problem.Line}: {problem.Path}: {problem.Message} {problem.Remedy}");
        Console.Out.WriteLine(!view.Changed ? "Nothing to change: the file says so already." : view.NeedsRestart.Count > 0 ? $"Changed; {string.Join(", ", view.NeedsRestart)} take(s) effect at the next start." : "Changed, and in force.");
    }

    private static string Describe(JsonNode? value) => value is null ? "-" : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return text.Length > 0 && (text[0] is '{' or '[' or '"' || text is "true" or "false" || char.IsAsciiDigit(text[0]) || text[0] == '-') ? JsonNode.Parse(text) : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
