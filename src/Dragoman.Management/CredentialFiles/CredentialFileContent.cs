using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Management.CredentialFiles;

/// <summary>The members of a credential file (wire notes cliproxyapi 2.9): which are tokens, which are settings that accounts have too, and which are only kept.</summary>
internal static class CredentialFileContent
{
    /// <summary>Members that hold a secret; they are in the account's credential and nowhere else.</summary>
    private static readonly HashSet<string> Secrets = new(StringComparer.Ordinal)
    {
        "access_token", "refresh_token", "id_token", "token", "tokens", "cookie", "api_key", "apiKey", "private_key", "service_account", "client_secret", "accessToken", "refreshToken", "clientSecret",
        "kiroApiKey", "claudeAiOauth", "OPENAI_API_KEY", "password",
    };

    /// <summary>The settings that accounts have too: the file's spelling and the account's.</summary>
    private static readonly (string File, string Account)[] Settings =
    [
        ("prefix", "prefix"), ("proxy_url", "proxy-url"), ("headers", "headers"), ("excluded_models", "excluded-models"), ("disable_cooling", "disable-cooling"), ("request_retry", "request-retry"),
    ];

    /// <summary>The members that are fields of an account.</summary>
    private static readonly string[] Fields = ["disabled", "priority", "weight"];

    /// <summary>Whether a member is, or may hold, a secret.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name);

    /// <summary>A name in the file's own spelling: with underscores.</summary>
    public static string Canonical(string name) => name is "apiKey" or "accessToken" or "refreshToken" ? name : name.Replace('-', '_');

    /// <summary>The members that are only kept: neither secrets nor settings of the account.</summary>
    public static JsonObject Kept(JsonObject file)
        => new(file.Where(static pair => !IsSecret(pair.Key) && !IsOfAccount(Canonical(pair.Key)) && Canonical(pair.Key) is not ("expired" or "last_refresh")).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    /// <summary>Whether a member is a field or setting of the account.</summary>
    public static bool IsOfAccount(string name) => Fields.Contains(name, StringComparer.Ordinal) || Array.Exists(Settings, pair => pair.File == name);

    /// <summary>The change of the account that members ask for; null where they ask for nothing.</summary>
    public static AccountUpdate? ChangeOf(JsonObject members)
    {
        var change = new AccountUpdate();
        var settings = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var isAsked = false;
        foreach (var (key, value) in members)
        {
            var name = Canonical(key);
            if (!IsOfAccount(name)) continue;
            isAsked = true;
            if (name == "disabled") change = change with { Enabled = !IsTrue(value) };
            else if (name == "priority") change = change with { Priority = NumberOf(value) ?? 0 };
            else if (name == "weight") change = change with { Weight = NumberOf(value) ?? 1 };
            else settings[Settings.First(pair => pair.File == name).Account] = SettingOf(name, value);
        }

        return !isAsked ? null : settings.Count > 0 ? change with { Settings = settings } : change;
    }

    /// <summary>The account's fields and settings as members.</summary>
    public static JsonObject SettingsOf(Account account)
    {
        var members = new JsonObject { ["disabled"] = !account.Enabled };
        if (account.Priority != 0) members["priority"] = account.Priority;
        if (account.Weight != 1) members["weight"] = account.Weight;
        if (account.Prefix is { } prefix) members["prefix"] = prefix;
        if (account.ExcludedModels.Count > 0) members["excluded_models"] = new JsonArray([.. account.ExcludedModels.Select(static model => (JsonNode)model)]);
        if (account.DisableCooling is { } cooling) members["disable_cooling"] = cooling;
        if (account.RequestRetry is { } retry) members["request_retry"] = retry;
        return members;
    }

    /// <summary>The whole file: what is kept, the account's settings, and the tokens as they are now.</summary>
    public static JsonObject Write(string type, Account account, JsonObject kept, DateTimeOffset? changed)
    {
        var file = new JsonObject { ["type"] = type };
        foreach (var (name, value) in kept)
            if (name != "type") file[name] = value?.DeepClone();
        foreach (var (name, value) in SettingsOf(account))
            if (name != "disabled" || !account.Enabled) file[name] = value?.DeepClone();
        if (account.ProxyUrl is { } proxy) file["proxy_url"] = proxy;
        if (account.Headers.Count > 0) file["headers"] = new JsonObject(account.Headers.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        if (!file.ContainsKey("email") && account.Label.Contains('@', StringComparison.Ordinal)) file["email"] = account.Label;
        switch (account.Credential)
        {
            case OAuthCredential login:
                WriteLogin(file, login);
                break;
            case ApiKeyCredential key:
                file["api_key"] = key.Key;
                break;
        }

        if (changed is { } at) file["last_refresh"] = TimeOf(at);
        return file;
    }

    /// <summary>A time as such files have it.</summary>
    public static string TimeOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The whole number of a member, which may be written as text; null for none.</summary>
    public static int? NumberOf(JsonNode? value)
        => value is JsonValue number && number.TryGetValue<int>(out var whole) ? whole : value is JsonValue text && text.TryGetValue<string>(out var written) && int.TryParse(written.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole) ? whole : null;

    private static void WriteLogin(JsonObject file, OAuthCredential login)
    {
        if (login.AccessToken.Length > 0) file["access_token"] = login.AccessToken;
        if (login.RefreshToken is { } refresh) file["refresh_token"] = refresh;
        if (login.IdToken is { } id) file["id_token"] = id;
        if (login.Expires is { } end) file["expired"] = TimeOf(end);
        // What files of the same login made by a sign-in here are read by again.
        Put("account_id", login.AccountId);
        Put("account_uuid", login.AccountId);
        Put("organization_uuid", login.OrganizationId);
        foreach (var (name, value) in login.Extra) Put(Canonical(name), value);
        foreach (var (name, value) in login.SecretExtra) Put(Canonical(name), value);

        void Put(string name, string? value)
        {
            if (value is { Length: > 0 } && !file.ContainsKey(name)) file[name] = value;
        }
    }

    private static bool IsTrue(JsonNode? value) => value?.GetValueKind() == JsonValueKind.True || (value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>A setting's value; nothing, an empty text or list, and a negative number of rounds take it away.</summary>
    private static JsonElement SettingOf(string name, JsonNode? value)
    {
        JsonNode? kept = value switch
        {
            JsonValue text when text.TryGetValue<string>(out var written) => written.Trim() is { Length: > 0 } trimmed ? trimmed : null,
            JsonArray { Count: 0 } => null,
            JsonObject map when name == "headers" => new JsonObject(map.Where(static pair => pair.Value is JsonValue header && header.TryGetValue<string>(out var written) && written.Trim().Length > 0).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))) is { Count: > 0 } headers ? headers : null,
            _ => value,
        };
        if (name == "request_retry" && NumberOf(kept) is < 0) kept = null;
        return JsonDocument.Parse(kept?.ToJsonString() ?? "null").RootElement.Clone();
    }
}
