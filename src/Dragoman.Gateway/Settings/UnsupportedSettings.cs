using System.Collections.Frozen;

namespace Dragoman.Gateway.Settings;

/// <summary>
/// Keys of CLIProxyAPI's configuration that are accepted so that its files load, and that do nothing here: some not yet, some never,
/// because the gateway does not disguise itself as another program.
/// </summary>
public sealed class UnsupportedSettings
{
    private const string NotYet = "this is not built yet.";
    private const string Never = "the gateway does not disguise itself as another program.";
    private const string Elsewhere = "it has no counterpart here.";
    private const string Agreed = ""; // what it asks for is so in any case, or its absence cannot be noticed

    /// <summary>Values that say nothing: they are the defaults of the system the key comes from.</summary>
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["antigravity-signature-cache-enabled"] = "true",
        ["session-affinity-subagents"] = "true",
    };

    private readonly FrozenDictionary<string, string> _reasons;

    private UnsupportedSettings(params (string Reason, string Keys)[] groups)
        => _reasons = groups.SelectMany(group => group.Keys.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(key => (key, group.Reason)))
            .ToFrozenDictionary(pair => pair.key, pair => pair.Reason);

    /// <summary>At the left margin of the file.</summary>
    public static UnsupportedSettings TopLevel { get; } = new(
        (NotYet, """
            auth-dir disable-image-generation ws-auth
            antigravity-signature-cache-enabled antigravity-signature-bypass-strict enable-gemini-cli-endpoint
            store
            """),
        ("Gemini's Interactions (/v1beta/interactions) are not served here, and such a key is used for nothing else; name a Gemini key under gemini-api-key.", "interactions-api-key"),
        (Elsewhere, "pprof commercial-mode plugins credential-concurrency credential-in-flight auth"),
        // Usage is always counted, cooldowns are always kept, and logins are renewed when they are due.
        (Agreed, "disable-claude-cloak-mode gpt-image-2-base-model video-result-auth-cache-ttl usage-statistics-enabled save-cooldown-status auth-auto-refresh-workers"),
        (Never, "codex-header-defaults claude-header-defaults"));

    /// <summary>Under <c>remote-management</c>.</summary>
    public static UnsupportedSettings Management { get; } = new((Agreed, "disable-auto-update-panel panel-github-repository"));

    /// <summary>Under <c>quota-exceeded</c>; CLIProxyAPI reads the other two and does nothing with them.</summary>
    public static UnsupportedSettings QuotaExceeded { get; } = new((Agreed, "switch-project switch-preview-model"), ("credits are never spent without their owner's word; switch them on in the product itself.", "antigravity-credits"));

    /// <summary>Under <c>routing</c>.</summary>
    public static UnsupportedSettings Routing { get; } = new((NotYet, "session-affinity-subagents"));

    /// <summary>Under <c>codex</c>, <c>claude-code</c>, <c>antigravity</c> and <c>xai</c>.</summary>
    public static UnsupportedSettings Channels { get; } = new(
        (NotYet, "stream-bootstrap-buffering optimize-multi-agent-v2 orphan-delegation-compatibility live-media-relay inject-x-search connection-pool"),
        (Agreed, "model-level-cooling disable-codex-cloaking disable-cloaking-model-list"),
        (Never, "identity-confuse sensitive-words"));

    /// <summary>In an entry of a list of credentials.</summary>
    public static UnsupportedSettings Entry { get; } = new(
        (NotYet, "websockets alpha-search support-prompt-cache-key rebuild-mid-system-message"),
        (Never, "cloak fingerprint-profile experimental-cch-signing"));

    /// <summary>In a model of an entry.</summary>
    public static UnsupportedSettings Model { get; } = new((NotYet, "is-compat image output-modalities"));

    /// <summary>The keys.</summary>
    public IEnumerable<string> Names => _reasons.Keys;

    /// <summary>Why the key does nothing; empty when that need not be reported; null when it is not one of these.</summary>
    public string? Find(string key) => _reasons.GetValueOrDefault(key);

    /// <summary>Whether a value asks for nothing, so that its being ignored need not be reported.</summary>
    public static bool IsSilent(string key, string reason, SettingNode value)
        => reason.Length == 0 || IsOff(value) || (value is SettingScalar scalar && Defaults.TryGetValue(key, out var standard) && scalar.Value.Trim() == standard);

    private static bool IsOff(SettingNode value) => value switch
    {
        { IsNull: true } => true,
        SettingScalar scalar => scalar.Value.Trim().ToLowerInvariant() is "" or "false" or "no" or "off" or "0",
        SettingList list => list.Items.Count == 0,
        SettingMap map => map.Pairs.All(pair => IsOff(pair.Value)) || map.Pairs.Any(pair => pair.Key.Value is "enable" or "enabled" && IsOff(pair.Value)),
        _ => false,
    };
}
