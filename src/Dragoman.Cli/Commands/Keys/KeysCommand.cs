using System.CommandLine;
using System.Text.Json.Nodes;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Text;
using Dragoman.Management.Keys;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands.Keys;

/// <summary><c>dragoman keys</c>: client keys of a running gateway.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Makes and changes client keys of a running gateway.")
    {
        List(), Make(), Show(), Set(), Rotate(),
        Ended("revoke", "Ends a key; it stays in the list.", (client, key, cancellationToken) => client.ExecuteAsync(HttpMethod.Post, $"keys/{key.Id}/revoke", null, cancellationToken), "revoked"),
        Ended("remove", "Removes a key for good; usage keeps naming it.", (client, key, cancellationToken) => client.ExecuteAsync(HttpMethod.Delete, $"keys/{key.Id}", null, cancellationToken), "removed"),
    };

    private static Command List() => new ManagementOptions().Run(new Command("list", "Lists the keys."), async (client, _, json, cancellationToken) =>
    {
        if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "keys", null, cancellationToken));
        else KeyPrinting.Table((await client.GetAsync<KeyListView>("keys", cancellationToken)).Keys);
        return ExitCodes.Success;
    });

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "What people call it." };
        var options = new KeyOptions();
        return new ManagementOptions().Run(options.AddTo(new Command("create", "Makes a key and shows it, once.") { name }), async (client, parsed, json, cancellationToken) =>
        {
            var settings = options.Read(parsed);
            settings["name"] = parsed.GetRequiredValue(name);
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Post, "keys", settings, cancellationToken));
                return ExitCodes.Success;
            }

            Console.Out.WriteLine(KeyPrinting.Shown(await client.RequestAsync<KeyView>(HttpMethod.Post, "keys", settings, cancellationToken)));
            return ExitCodes.Success;
        });
    }

    private static Command Show()
    {
        var which = Which();
        return new ManagementOptions().Run(new Command("show", "Shows a key with its rates and budgets: what is used and what is left.") { which }, async (client, parsed, json, cancellationToken) =>
        {
            var key = await FindAsync(client, parsed.GetRequiredValue(which), cancellationToken);
            if (json)
            {
                var both = new JsonObject
                {
                    ["key"] = JsonNode.Parse(await client.TextAsync(HttpMethod.Get, $"keys/{key.Id}", null, cancellationToken)),
                    ["status"] = JsonNode.Parse(await client.TextAsync(HttpMethod.Get, $"keys/{key.Id}/status", null, cancellationToken)),
                };
                Console.Out.WriteLine(both.ToJsonString());
                return ExitCodes.Success;
            }

            KeyPrinting.Details(key, await client.GetAsync<KeyStatusView>($"keys/{key.Id}/status", cancellationToken));
            return ExitCodes.Success;
        });
    }

    private static Command Set()
    {
        var which = Which();
        var name = new Option<string?>("--name") { Description = "Another name." };
        var enabled = new Option<bool?>("--enabled") { Description = "Switches it on (true) or off (false)." };
        var options = new KeyOptions();
        return new ManagementOptions().Run(options.AddTo(new Command("set", "Changes a key's limits; what is not named stays.") { which, name, enabled }), async (client, parsed, json, cancellationToken) =>
        {
            var settings = options.Read(parsed);
            var another = parsed.GetValue(name);
            if (another is not null) settings["name"] = another;
            if (parsed.GetValue(enabled) is { } on) settings["enabled"] = on;
            if (settings.Count == 0) throw new ManagementException("Say what to change; 'dragoman keys set --help' lists what can be.");
            var key = await FindAsync(client, parsed.GetRequiredValue(which), cancellationToken);
            var text = await client.TextAsync(HttpMethod.Patch, $"keys/{key.Id}", settings, cancellationToken);
            Console.Out.WriteLine(json ? text : $"The key '{another ?? key.Name}' ({key.Id}) is changed.");
            return ExitCodes.Success;
        });
    }

    private static Command Rotate()
    {
        var which = Which();
        var grace = new Option<string?>("--grace") { Description = "How long the old key is still taken: 24h, 7d. Without it the old one ends at once." };
        return new ManagementOptions().Run(new Command("rotate", "Makes a new key in place of the old one and shows it, once.") { which, grace }, async (client, parsed, json, cancellationToken) =>
        {
            var wait = TimeSpan.Zero;
            if (parsed.GetValue(grace) is { } text && !DurationText.TryParse(text, out wait)) throw new ManagementException($"'{text}' is no duration for --grace; write it like 24h or 7d.");
            var key = await FindAsync(client, parsed.GetRequiredValue(which), cancellationToken);
            var request = new RotateRequest((long)wait.TotalSeconds);
            if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Post, $"keys/{key.Id}/rotate", request, cancellationToken));
            else Console.Out.WriteLine(KeyPrinting.Shown(await client.RequestAsync<KeyView>(HttpMethod.Post, $"keys/{key.Id}/rotate", request, cancellationToken)));
            return ExitCodes.Success;
        });
    }

    private static Command Ended(string verb, string description, Func<ManagementClient, KeyView, CancellationToken, Task> end, string done)
    {
        var which = Which();
        return new ManagementOptions().Run(new Command(verb, description) { which }, async (client, parsed, json, cancellationToken) =>
        {
            var key = await FindAsync(client, parsed.GetRequiredValue(which), cancellationToken);
            await end(client, key, cancellationToken);
            Console.Out.WriteLine(json ? new JsonObject { ["id"] = key.Id, [done] = true }.ToJsonString() : $"The key '{key.Name}' ({key.Id}) is {done}.");
            return ExitCodes.Success;
        });
    }

    private static Argument<string> Which() => new("key") { Description = "The key's id, its name, or how it begins." };

    private static async Task<KeyView> FindAsync(ManagementClient client, string which, CancellationToken cancellationToken)
    {
        var keys = (await client.GetAsync<KeyListView>("keys", cancellationToken)).Keys;
        return keys.FirstOrDefault(key => key.Id == which)
            ?? keys.FirstOrDefault(key => string.Equals(key.Name, which, StringComparison.OrdinalIgnoreCase))
            ?? keys.FirstOrDefault(key => key.Prefix is { } prefix && (which == prefix || which.StartsWith(prefix + "_", StringComparison.Ordinal)))
            ?? throw new ManagementException($"There is no key '{which}'; 'dragoman keys list' shows those there are.");
    }
}
