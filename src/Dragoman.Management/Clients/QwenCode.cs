using System.Text.Json.Nodes;
using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>Qwen Code: a provider of its own with the gateway's models, which speaks OpenAI's Chat, and the key in the settings' <c>env</c> block.</summary>
internal sealed class QwenCode : ClientConfig
{
    private const string Variable = "DRAGOMAN_API_KEY";

    public override string Name => "qwen";

    public override string Title => "Qwen Code";

    public override string Homepage => "https://github.com/QwenLM/qwen-code";

    public override Protocol Protocol => Protocol.OpenAiChat;

    public override bool NeedsModel => true;

    public override IReadOnlyList<string> Files(ClientPaths places) => [Path.Combine(places.Folder("QWEN_HOME", ".qwen"), "settings.json")];

    public override IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway)
    {
        var models = new JsonArray();
        foreach (var model in gateway.Models) models.Add(Entry(gateway, model));
        foreach (var asked in new[] { gateway.Model, gateway.SmallModel }.Distinct())
        {
            if (asked is not null && gateway.Models.All(model => model.Id != asked)) models.Add(Entry(gateway, new ServedModel(asked, null, null, null)));
        }

        var settings = new List<Setting>
        {
            new(["modelProviders", "dragoman"], JsoncFormat.Literal(models)),
            new(["providerProtocol", "dragoman"], JsoncFormat.Literal("openai")),
            new(["env", Variable], JsoncFormat.Literal(gateway.ShownKey), gateway.KeyIsSecret),
            new(["security", "auth", "selectedType"], JsoncFormat.Literal("openai")),
        };
        if (gateway.Model is { } main) settings.Add(new Setting(["model", "name"], JsoncFormat.Literal(main)));
        if (gateway.SmallModel is { } small) settings.Add(new Setting(["fastModel"], JsoncFormat.Literal(small)));
        return [new FileEdit(Files(places)[0], settings)];
    }

    public override IEnumerable<string> Notes(GatewayEndpoint gateway) => ["Qwen Code knows the models that the gateway serves now; connect again when they change. It needs a version that knows 'providerProtocol' (0.24 does)."];

    private static JsonObject Entry(GatewayEndpoint gateway, ServedModel model)
    {
        var entry = new JsonObject
        {
            ["id"] = model.Id,
            ["name"] = $"{model.Name ?? model.Id} (Dragoman)",
            ["baseUrl"] = gateway.Base + "/v1",
            ["envKey"] = Variable,
        };
        if (model.Context is > 0 and var context) entry["generationConfig"] = new JsonObject { ["contextWindowSize"] = context };
        return entry;
    }
}
