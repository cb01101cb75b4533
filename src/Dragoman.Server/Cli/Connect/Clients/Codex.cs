namespace Dragoman.Server.Cli.Connect.Clients;

/// <summary>
/// Codex CLI: a provider of its own in <c>config.toml</c>. Its variables cannot be set from there, so the key stands beside the address
/// (<c>experimental_bearer_token</c>), unless its user wants to export it (<c>env_key</c>).
/// </summary>
internal sealed class Codex : ClientConfig
{
    public override string Name => "codex";

    public override string Title => "Codex CLI";

    public override IReadOnlyList<string> Files(ClientPlaces places) => [Path.Combine(places.Folder("CODEX_HOME", ".codex"), "config.toml")];

    public override IReadOnlyList<FileEdit> Edits(ClientPlaces places, GatewayPoint gateway)
    {
        var settings = new List<Setting>();
        if (gateway.Model is { } model) settings.Add(Set(model, "model"));
        settings.Add(Set("dragoman", "model_provider"));
        settings.Add(Provider("name", "Dragoman"));
        settings.Add(Provider("base_url", gateway.Base + "/v1"));
        settings.Add(Provider("wire_api", "responses"));
        if (gateway.KeyVariable is { } variable) settings.Add(Provider("env_key", variable));
        else if (gateway.Key is { } key) settings.Add(Provider("experimental_bearer_token", key) with { Secret = true });
        return [new FileEdit(Files(places)[0], settings)];
    }

    public override IEnumerable<string> Notes(GatewayPoint gateway)
    {
        if (gateway.KeyVariable is { } variable) yield return $"Codex takes the key from ${variable}: export it where you start codex.";
        if (gateway.SmallModel is not null) yield return "Codex has no second model for small tasks; --small-model is not used.";
    }

    private static Setting Set(string value, params string[] path) => new(path, TomlLanguage.Literal(value));

    private static Setting Provider(string name, string value) => Set(value, "model_providers", "dragoman", name);
}
