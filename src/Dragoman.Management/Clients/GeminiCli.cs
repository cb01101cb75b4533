using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>Gemini CLI: how it signs in stands in <c>settings.json</c>, address and key in the <c>.env</c> beside it.</summary>
internal sealed class GeminiCli : ClientConfig
{
    public override string Name => "gemini";

    public override string Title => "Gemini CLI";

    public override string Homepage => "https://github.com/google-gemini/gemini-cli";

    public override Protocol Protocol => Protocol.Gemini;

    public override IReadOnlyList<string> Files(ClientPaths places)
    {
        // The variable names the folder in place of the home folder.
        var folder = Path.Combine(places.Folder("GEMINI_CLI_HOME"), ".gemini");
        return [Path.Combine(folder, "settings.json"), Path.Combine(folder, ".env")];
    }

    public override IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway)
    {
        var files = Files(places);
        var settings = new List<Setting> { new(["security", "auth", "selectedType"], JsoncFormat.Literal("gemini-api-key")) };
        if (gateway.Model is { } model) settings.Add(new Setting(["model", "name"], JsoncFormat.Literal(model)));
        if (GeminiHelperModels.Overrides(gateway) is { } helpers) settings.Add(helpers);
        return
        [
            new FileEdit(files[0], settings),
            new FileEdit(files[1],
            [
                new Setting(["GOOGLE_GEMINI_BASE_URL"], DotEnvFormat.Literal(gateway.Base)),
                new Setting(["GEMINI_API_KEY"], DotEnvFormat.Literal(gateway.ShownKey), gateway.KeyIsSecret),
            ]),
        ];
    }

    public override IEnumerable<ClientBlock> Blocks(GatewayEndpoint gateway)
        => [.. ClientText.Files(this, gateway), ClientText.Shell(Edits(new ClientPaths("~", static _ => null), gateway)[1].Settings, gateway.Model is { } model ? $"gemini -m {ClientText.Word(model)}" : "gemini")];

    public override IEnumerable<string> Notes(GatewayEndpoint gateway)
    {
        yield return "A .env in the folder you work in, or above it, is read in place of this one; variables that are exported already win over both.";
        if (gateway.Address is { Scheme: "http", IsLoopback: false }) yield return "Gemini CLI takes plain http only for this machine: put the gateway behind https.";
        if (gateway is { Model: null, SmallModel: null, Models.Count: > 0 } && GeminiHelperModels.Missing(gateway).ToList() is { Count: > 0 } missing)
            yield return $"Gemini CLI asks by itself for models that this gateway does not serve ({string.Join(", ", missing)}): name others in their place with --model and --small-model.";
    }
}
