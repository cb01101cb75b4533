using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// Takes over the login of Copilot in an editor (<c>apps.json</c>, in older ones <c>hosts.json</c>: an object by GitHub's address and the application's id) or of its command line (<c>copilot_tokens</c> in
/// <c>config.json</c>, where the system has no keychain), as of 2026-11. Such a token does not rotate: both programs may use it.
/// </summary>
internal sealed class CopilotFileLogin : IImportLogin
{
    private const string Host = "host";
    private const string Token = "oauth_token";
    private const string User = "user";

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From the files of Copilot's editors or command line";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces { get; } =
    [
        "${XDG_CONFIG_HOME:-~/.config}/github-copilot/apps.json", "${XDG_CONFIG_HOME:-~/.config}/github-copilot/hosts.json", "${LOCALAPPDATA:-~/AppData/Local}/github-copilot/apps.json",
        "${LOCALAPPDATA:-~/AppData/Local}/github-copilot/hosts.json", "${COPILOT_HOME:-~/.copilot}/config.json",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) => Read(content) is { Count: > 0 } logins ? [.. logins.Select(static login => Write(login))] : [content];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
        => Read(content) is [var login] ? new ImportedIdentity(login.Host == "github.com" ? login.User : $"{login.User ?? "?"} ({login.Host})") { Digest = ImportedIdentity.DigestOf(login.Token) } : null;

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        if (Read(AccountListFile.OnlyOf(Split(content))) is not [var found]) throw new LoginException("There is no login of Copilot in this file.") { Fix = "Give ~/.config/github-copilot/apps.json of an editor that is signed in." };
        var expected = new Uri(context.SettingsAs<CopilotSettings>().LoginUrl).Host;
        if (!expected.Equals(found.Host, StringComparison.OrdinalIgnoreCase))
            throw new LoginException($"The login is one at {found.Host}, and Copilot is set up for {expected}.") { Fix = "Set providers.github-copilot.login-url and api-url to the addresses of that GitHub." };
        return await CopilotLogin.TakeOverAsync(found.Token, context, cancellationToken);
    }

    private static List<Found> Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var root = file.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return [];
            if (VendorJson.Text(root, Host) is { } host && VendorJson.Text(root, Token) is { } token) return [new Found(host, VendorJson.Text(root, User), token)];
            if (VendorJson.Object(root, "copilot_tokens") is { } tokens)
                return [.. tokens.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String).Select(static member => new Found(HostOf(member.Name), UserOf(member.Name), member.Value.GetString()!))];
            return [.. root.EnumerateObject().Where(static member => VendorJson.Text(member.Value, Token) is not null).Select(static member => new Found(HostOf(member.Name), VendorJson.Text(member.Value, User), VendorJson.Text(member.Value, Token)!)).DistinctBy(static login => login.Token)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The host of <c>github.com:Iv1.…</c>, <c>github.com</c> or <c>https://github.com:login</c>.</summary>
    private static string HostOf(string name) => WithoutScheme(name).Split(':', '/')[0];

    private static string? UserOf(string name) => WithoutScheme(name).Split(':') is [_, { Length: > 0 } user, ..] ? user : null;

    private static string WithoutScheme(string name) => name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? name[(at + 3)..] : name;

    private static ReadOnlyMemory<byte> Write(Found login)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString(Host, login.Host);
            if (login.User is not null) writer.WriteString(User, login.User);
            writer.WriteString(Token, login.Token);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private sealed record Found(string Host, string? User, string Token)
    {
        /// <summary>A record would print its members.</summary>
        public override string ToString() => Host;
    }
}
