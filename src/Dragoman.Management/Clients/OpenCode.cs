using System.Text.Json.Nodes;
using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>OpenCode: a provider of its own with the gateway's models, in the user's <c>opencode.json</c> or <c>opencode.jsonc</c>.</summary>
internal sealed class OpenCode : ClientConfig
{
    public override string Name => "opencode";

    public override string Title => "OpenCode";

    public override string Homepage => "https://opencode.ai";

    public override Protocol Protocol => Protocol.OpenAiChat;

    public override bool NeedsModel => true;

    public override IReadOnlyList<string> Files(ClientPaths places)
    {
        var root = places.Variable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Combine(places.Home, ".config");
        var folder = Path.Combine(root, "opencode");
        var withComments = Path.Combine(folder, "opencode.jsonc");
        // Both are read and the .jsonc wins.
        return [File.Exists(withComments) ? withComments : Path.Combine(folder, "opencode.json")];
    }

    public override IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway)
    {
        var models = new JsonObject();
        foreach (var model in gateway.Models)
        {
            var facts = new JsonObject { ["name"] = model.Name ?? model.Id };
            if (model is { Context: > 0 and var context, Output: > 0 and var output }) facts["limit"] = new JsonObject { ["context"] = context, ["output"] = output };
            models[model.Id] = facts;
        }

        foreach (var asked in new[] { gateway.Model, gateway.SmallModel })
        {
            if (asked is not null && !models.ContainsKey(asked)) models[asked] = new JsonObject { ["name"] = asked };
        }

        var settings = new List<Setting>
        {
            Provider(JsoncFormat.Literal("@ai-sdk/openai-compatible"), "npm"),
            Provider(JsoncFormat.Literal("Dragoman"), "name"),
            Provider(JsoncFormat.Literal(gateway.Base + "/v1"), "options", "baseURL"),
            Provider(JsoncFormat.Literal(gateway.ShownKey), "options", "apiKey") with { Secret = gateway.KeyIsSecret },
            Provider(JsoncFormat.Literal(models), "models"),
        };
        if (gateway.Model is { } main) settings.Add(new Setting(["model"], JsoncFormat.Literal("dragoman/" + main)));
        if (gateway.SmallModel is { } small) settings.Add(new Setting(["small_model"], JsoncFormat.Literal("dragoman/" + small)));
        return [new FileEdit(Files(places)[0], settings)];
    }

    public override IEnumerable<string> Notes(GatewayEndpoint gateway) => ["OpenCode knows the models that the gateway serves now; connect again when they change."];

    private static Setting Provider(string value, params string[] path) => new(["provider", "dragoman", .. path], value);
}
