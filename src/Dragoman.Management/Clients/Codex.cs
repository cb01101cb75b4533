using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>
/// Codex CLI: a provider of its own in <c>config.toml</c>. Its variables cannot be set from there, so the key stands beside the address
/// (<c>experimental_bearer_token</c>), unless its user wants to export it (<c>env_key</c>). Titles, compaction and <c>/review</c> use the session's model;
/// its memories ask for models of OpenAI's unless they are told others (<c>memories.extract_model</c>, <c>memories.consolidation_model</c>).
/// </summary>
internal sealed class Codex : ClientConfig
{
    /// <summary>The model that Codex's catalog has for its reviews of approvals.</summary>
    private const string Reviewer = "codex-auto-review";

    public override string Name => "codex";

    public override string Title => "Codex CLI";

    public override string Homepage => "https://developers.openai.com/codex/cli";

    public override Protocol Protocol => Protocol.OpenAiResponses;

    public override IReadOnlyList<string> Files(ClientPaths places) => [Path.Combine(places.Folder("CODEX_HOME", ".codex"), "config.toml")];

    public override IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway)
    {
        var settings = new List<Setting>();
        if (gateway.Model is { } model) settings.Add(Set(model, "model"));
        settings.Add(Set("dragoman", "model_provider"));
        settings.Add(Provider("name", "Dragoman"));
        settings.Add(Provider("base_url", gateway.Base + "/v1"));
        settings.Add(Provider("wire_api", "responses"));
        if (gateway.KeyVariable is { } variable) settings.Add(Provider("env_key", variable));
        else if (gateway.Key is { } key) settings.Add(Provider("experimental_bearer_token", key) with { Secret = true });
        if ((gateway.SmallModel ?? gateway.Model) is { } small) settings.Add(Set(small, "memories", "extract_model"));
        if ((gateway.Model ?? gateway.SmallModel) is { } large) settings.Add(Set(large, "memories", "consolidation_model"));
        return [new FileEdit(Files(places)[0], settings)];
    }

    public override IEnumerable<ClientBlock> Blocks(GatewayEndpoint gateway)
        => gateway.KeyVariable is { } variable ? [.. ClientText.Files(this, gateway), new ClientBlock("Shell", "shell", "sh", null, $"export {variable}={ClientText.Word(gateway.ShownKey)}\ncodex")] : ClientText.Files(this, gateway);

    public override IEnumerable<string> Notes(GatewayEndpoint gateway)
    {
        if (gateway.KeyVariable is { } variable) yield return $"Codex takes the key from ${variable}: export it where you start codex.";
        if (gateway.SmallModel is not null) yield return "Codex uses --small-model for its memories only; all other small tasks go to the session's model.";
        if (gateway.Models.Count > 0 && !gateway.Models.Any(static model => model.Id == Reviewer))
            yield return $"Codex asks for '{Reviewer}' where it reviews approvals by itself (approvals_reviewer = \"auto_review\"), and that cannot be set: give a model of the gateway that alias.";
    }

    private static Setting Set(string value, params string[] path) => new(path, TomlFormat.Literal(value));

    private static Setting Provider(string name, string value) => Set(value, "model_providers", "dragoman", name);
}
