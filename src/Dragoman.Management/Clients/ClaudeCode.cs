using System.Globalization;
using Dragoman.Protocols;

namespace Dragoman.Management.Clients;

/// <summary>Claude Code: the <c>env</c> block of its user settings.</summary>
internal sealed class ClaudeCode : ClientConfig
{
    public override string Name => "claude-code";

    public override string Title => "Claude Code";

    public override string Homepage => "https://code.claude.com/docs";

    public override Protocol Protocol => Protocol.AnthropicMessages;

    public override IReadOnlyList<string> Files(ClientPaths places) => [Path.Combine(places.Folder("CLAUDE_CONFIG_DIR", ".claude"), "settings.json")];

    public override IReadOnlyList<FileEdit> Edits(ClientPaths places, GatewayEndpoint gateway)
    {
        var settings = new List<Setting> { Env("ANTHROPIC_BASE_URL", gateway.Base), Env("ANTHROPIC_AUTH_TOKEN", gateway.ShownKey) with { Secret = gateway.KeyIsSecret } };
        if (gateway.Model is { } model) settings.Add(Env("ANTHROPIC_MODEL", model));
        // Claude Code knows the limits of Anthropic's models; of others it has to be told, or it compacts too late.
        if (gateway.Chosen is { } chosen)
        {
            if (chosen.Context is > 0 and var context) settings.Add(Env("CLAUDE_CODE_MAX_CONTEXT_TOKENS", context.ToString(CultureInfo.InvariantCulture)));
            if (chosen.Output is > 0 and var output) settings.Add(Env("CLAUDE_CODE_MAX_OUTPUT_TOKENS", output.ToString(CultureInfo.InvariantCulture)));
        }

        if ((gateway.SmallModel ?? InPlaceOfHaiku(gateway)) is { } small) settings.Add(Env("ANTHROPIC_DEFAULT_HAIKU_MODEL", small));
        settings.Add(Env("CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "1"));
        return [new FileEdit(Files(places)[0], settings)];
    }

    public override IEnumerable<ClientBlock> Blocks(GatewayEndpoint gateway)
        => [ClientText.Shell(Edits(new ClientPaths("~", static _ => null), gateway)[0].Settings, "claude"), .. ClientText.Files(this, gateway)];

    /// <summary>Claude Code asks a Haiku for small tasks; where the gateway serves none, the chosen model does them.</summary>
    private static string? InPlaceOfHaiku(GatewayEndpoint gateway)
        => gateway.Models.Count > 0 && !gateway.Models.Any(model => model.Id.Contains("haiku", StringComparison.OrdinalIgnoreCase)) ? gateway.Model : null;

    private static Setting Env(string name, string value) => new(["env", name], JsoncFormat.Literal(value));
}
