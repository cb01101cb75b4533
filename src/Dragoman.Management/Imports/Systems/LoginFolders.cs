namespace Dragoman.Management.Imports.Systems;

/// <summary>The systems whose data are logins in JSON files: a Kiro proxy, a Codex-to-Claude proxy, an Antigravity gateway.</summary>
internal static class LoginFolders
{
    private const string Strategy = "routing.strategy";

    private static readonly Dictionary<string, string> Strategies = new(StringComparer.Ordinal) { ["sticky"] = "sticky", ["round-robin"] = "round-robin", ["roundRobin"] = "round-robin", ["hybrid"] = "hybrid" };

    /// <summary>A Kiro proxy (wire note kiro-and-bedrock A.10): its accounts name token files, which are read themselves.</summary>
    public static LoginFolderReader Kiro { get; } = new(
        new ImportableSystem("kiro", "Kiro proxy", ["config.json", "kiro-auth-token*.json", "credentials.json", "*.json"], "~/.kiro-proxy, and the token files in ~/.aws/sso/cache"),
        new Dictionary<string, LoginFolderReader.Setting>(StringComparer.Ordinal)
        {
            ["accounts"] = new(null, "The accounts name token files: those that are there are taken over one by one."),
            ["rate_limit"] = new(null, "The gateway limits client keys, and accounts by 'concurrency'."),
            ["history"] = new(null, "The gateway shortens histories where the upstream refuses their length."),
        });

    /// <summary>A Codex-to-Claude proxy (wire note codex-and-antigravity A.10).</summary>
    public static LoginFolderReader Codex { get; } = new(
        new ImportableSystem("codex-claude-proxy", "Codex-to-Claude proxy", ["accounts.json", "settings.json", "accounts/*/auth.json"], "~/.codex-claude-proxy"),
        new Dictionary<string, LoginFolderReader.Setting>(StringComparer.Ordinal)
        {
            ["accountStrategy"] = new(Strategy, null, Strategies),
            ["haikuKiloModel"] = new(null, "Set it on the surface: POST /settings/haiku-model, with an account of Kilo or OpenRouter."),
        });

    /// <summary>An Antigravity gateway (wire note codex-and-antigravity D.1; surface-clients §3).</summary>
    public static LoginFolderReader Antigravity { get; } = new(
        new ImportableSystem("antigravity", "Antigravity gateway", ["accounts.json", "antigravity-accounts.json", "config.json"], "~/.config/antigravity-proxy, ~/.config/antigravity-gateway"),
        new Dictionary<string, LoginFolderReader.Setting>(StringComparer.Ordinal)
        {
            ["strategy"] = new(Strategy, null, Strategies),
            ["accountSelection"] = new(null, "Of it the strategy counts here: set routing.strategy, and routing.hybrid for the score."),
            ["apiKey"] = new(null, "A key of clients belongs to api-keys: add it with 'dragoman keys create', or under api-keys."),
            ["webuiPassword"] = new(null, "The gateway has a management secret: 'dragoman settings secret'."),
            ["debug"] = new("debug"),
            ["logLevel"] = new(null, "Levels are set by --log-level."),
            ["maxRetries"] = new("request-retry", "Rounds over all accounts, not attempts of one."),
            ["retryBaseMs"] = new(null, "Pauses follow what the upstream says."),
            ["retryMaxMs"] = new(null, "Pauses follow what the upstream says."),
            ["persistTokenCache"] = new(null, "Tokens are kept in the store."),
            ["defaultCooldownMs"] = new(null, "Cooldowns follow what the upstream says, else rules of the gateway."),
            ["maxWaitBeforeErrorMs"] = new(null, "See max-retry-interval."),
            ["maxAccounts"] = new(null, "There is no limit."),
            ["globalQuotaThreshold"] = new(null, "See reserve-percent of an account."),
            ["requestThrottlingEnabled"] = new(null, "See concurrency of an account, and limits of client keys."),
            ["requestDelayMs"] = new(null, "See concurrency of an account, and limits of client keys."),
            ["modelMapping"] = new(null, "Give models an alias where their account is configured."),
        });
}
