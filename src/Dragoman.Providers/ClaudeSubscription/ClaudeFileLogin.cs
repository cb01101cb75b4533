using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// The file that Claude Code leaves (<c>claudeAiOauth</c>), or CLIProxyAPI's of the type <c>claude</c> (wire notes cliproxyapi 6.1). The refresh token is not tried: the vendor takes each once, and the program
/// that the file belongs to has no other.
/// </summary>
internal sealed class ClaudeFileLogin : IImportLogin
{
    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From Claude Code's own file";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces => ["${CLAUDE_CONFIG_DIR:-~/.claude}/.credentials.json"];

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = Parse(content);
            return Read(file.RootElement) is { } login ? new ImportedIdentity(VendorJson.Text(file.RootElement, "email"), login.AccountId, login.OrganizationId) { Digest = ImportedIdentity.DigestOf(login) } : null;
        }
        catch (LoginException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        if (content.Span.StartsWith("sk-ant-oat"u8)) return await new ClaudeSetupTokenLogin().ReadAsync(content, context, cancellationToken);
        using var file = Parse(content);
        var root = file.RootElement;
        var credential = Read(root);
        if (credential is null) throw new LoginException("There is no login with a Claude plan in this file.") { Fix = "Give the file ~/.claude/.credentials.json of a Claude Code that is signed in." };
        if (!HeaderSafe.Check(credential.AccessToken)) throw new LoginException("The access token in this file contains a character that no header can carry.");
        var login = await ClaudeIdentity.DescribeAsync(credential, new ClaudeIdentity(), context, cancellationToken);
        return login with
        {
            Label = login.Label == "Claude" && VendorJson.Text(root, "email") is { } email ? email : login.Label,
            Plan = login.Plan ?? credential.Extra.GetValueOrDefault("plan"),
            Warnings = [.. login.Warnings, "Another program has this login too. Anthropic takes a refresh token once: whichever renews it first signs the other one out. Signing in here gives the gateway a login of its own.",
                "A login ends about 30 days after it was made; the file does not say when that was."],
        };
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException ex)
        {
            throw new LoginException("The file is no JSON.", ex);
        }
    }

    private static OAuthCredential? Read(JsonElement root)
        => VendorJson.Object(root, "claudeAiOauth") is { } own ? ReadOwn(own, root) : VendorJson.Text(root, "type") == "claude" ? ReadProxy(root) : null;

    private static OAuthCredential? ReadOwn(JsonElement login, JsonElement file)
    {
        if (VendorJson.Text(login, "accessToken") is not { } access) return null;
        var extra = new Dictionary<string, string>(StringComparer.Ordinal);
        if (VendorJson.Text(login, "subscriptionType") is { } plan) extra["plan"] = plan;
        if (VendorJson.Text(login, "rateLimitTier") is { } tier) extra["tier"] = tier;
        return new OAuthCredential
        {
            AccessToken = access, RefreshToken = VendorJson.Text(login, "refreshToken"),
            Expires = VendorJson.Number(login, "expiresAt") is > 0 and < 2.5e14 and var end ? DateTimeOffset.FromUnixTimeMilliseconds((long)end) : null,
            OrganizationId = VendorJson.Text(file, "organizationUuid"), Extra = extra,
        };
    }

    private static OAuthCredential? ReadProxy(JsonElement file) => VendorJson.Text(file, "access_token") is not { } access ? null : new OAuthCredential
    {
        AccessToken = access, RefreshToken = VendorJson.Text(file, "refresh_token"), AccountId = VendorJson.Text(file, "account_uuid"), OrganizationId = VendorJson.Text(file, "organization_uuid"),
        Expires = DateTimeOffset.TryParse(VendorJson.Text(file, "expired"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : null,
    };
}
