using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// The login that the Codex programs leave in <c>auth.json</c> (wire notes codex-and-antigravity §B.9), or CLIProxyAPI in a file of its folder (cliproxyapi §6.2). The file is read and never changed.
/// </summary>
internal sealed class ChatGptImportLogin : IImportLogin
{
    private const string Shared = "The program that left the file has the same refresh token, which is good once: whichever renews it first signs the other out. Sign in here by itself, or stop using it there.";

    /// <inheritdoc/>
    public string Id => "import";

    /// <inheritdoc/>
    public string Title => "From Codex's auth.json";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPlaces { get; } = ["${CODEX_HOME:-~/.codex}/auth.json", "~/.codex-claude-proxy/accounts.json", "~/.codex-claude-proxy/accounts/*/auth.json"];

    /// <inheritdoc/>
    /// <remarks>The account list of codex-claude-proxy has the same tokens under other names (codex-and-antigravity §A.10).</remarks>
    public IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) => AccountListFile.Split(
        content, static record => VendorJson.Text(record, "accessToken") is not null && (VendorJson.Text(record, "accountId") ?? VendorJson.Text(record, "idToken")) is not null, static (writer, record) =>
        {
            writer.WriteString("type", "codex");
            if (VendorJson.Text(record, "email") is { } email) writer.WriteString("email", email);
            writer.WriteStartObject("tokens");
            foreach (var (theirs, ours) in ((string, string)[])[("accessToken", "access_token"), ("refreshToken", "refresh_token"), ("idToken", "id_token"), ("accountId", "account_id")])
                if (VendorJson.Text(record, theirs) is { } text) writer.WriteString(ours, text);
            writer.WriteEndObject();
        });

    /// <inheritdoc/>
    public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = Parse(content);
            var own = VendorJson.Object(file.RootElement, "tokens");
            // Other vendors' files have tokens at their top too.
            if (own is null && VendorJson.Text(file.RootElement, "type") != "codex") return null;
            var tokens = own ?? file.RootElement;
            var read = ChatGptTokens.Read(tokens);
            if (read.AccessToken is null) return null;
            var claims = ChatGptClaims.Of(read.AccessToken, read.IdToken);
            var workspace = claims.AccountId ?? VendorJson.Text(tokens, "account_id");
            return new ImportedIdentity(claims.Email ?? VendorJson.Text(file.RootElement, "email"), claims.UserId ?? workspace, claims.UserId is null ? null : workspace) { Digest = ImportedIdentity.DigestOf(read.RefreshToken ?? read.AccessToken) };
        }
        catch (LoginException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
    {
        using var file = Parse(AccountListFile.OnlyOf(Split(content)));
        var root = file.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new LoginException("The file is no auth.json.");
        var hasTokens = root.TryGetProperty("tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Object;
        // CLIProxyAPI's files have the tokens at their top.
        if (!hasTokens) tokens = root;
        var read = ChatGptTokens.Read(tokens);
        if (read.AccessToken is null)
        {
            throw VendorJson.Text(root, "OPENAI_API_KEY") is not null
                ? new LoginException("The file holds an API key and no ChatGPT login.") { Fix = "Add the key as an account of OpenAI, or sign in." }
                : new LoginException("The file holds no valid tokens.") { Fix = "Sign in instead." };
        }

        var account = VendorJson.Text(tokens, "account_id") is { } named && HeaderSafe.Check(named) ? named : null;
        var login = read.ToLogin(context, account, read.RefreshToken is null ? null : Shared);
        // CLIProxyAPI's files say which accounts are asked over WebSockets.
        if (root.TryGetProperty("websockets", out var wanted) && wanted.ValueKind == JsonValueKind.True)
            login = login with { Settings = new Dictionary<string, string>(login.Settings) { [ChatGptAccountSchema.Transport] = ChatGptAccountSchema.WebSocket } };
        return Task.FromResult(login);
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
}
