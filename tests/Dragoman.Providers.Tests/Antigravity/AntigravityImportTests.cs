using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Antigravity;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Antigravity;

/// <summary>Logins that Antigravity's editor and other gateways have left (wire notes codex-and-antigravity D.15).</summary>
public sealed class AntigravityImportTests
{
    private static readonly ProviderModule Module = AntigravityModule.Create();

    private static IImportLogin Import => Module.Logins.OfType<IImportLogin>().Single();

    [Theory]
    [InlineData("antigravityUnifiedStateSync.oauthToken")]
    [InlineData("jetskiStateSync.agentManagerInitState")]
    public async Task The_editors_database_is_taken_and_its_old_token_renewed(string key)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var signedIn = (OAuthCredential)(await AntigravityTests.SignInAsync(vendor, "paid")).Credential;
        var database = Database(key, "ya29.ended", signedIn.RefreshToken!, 1_700_000_000, "paid@example.com");
        var part = Import.Split(database).ShouldHaveSingleItem();
        part.Length.ShouldBeLessThan(500, "nothing but the login is taken from the editor's state");
        var identity = Import.Inspect(part).ShouldNotBeNull();
        (identity.Label, identity.Digest).ShouldBe(("paid@example.com", ImportedIdentity.DigestOf(signedIn)));
        Import.Inspect(database).ShouldBe(identity);

        foreach (var content in (ReadOnlyMemory<byte>[])[part, database])
        {
            var login = await Import.ReadAsync(content, AntigravityTests.Context(vendor), default);
            var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
            (login.Label, credential.RefreshToken, credential.Extra["project"]).ShouldBe(("paid@example.com", signedIn.RefreshToken, "project-of-paid"));
            credential.AccessToken.ShouldNotBe("ya29.ended");
            login.Warnings.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_database_with_an_access_token_only_says_when_the_login_ends()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await Import.ReadAsync(Encoding.UTF8.GetBytes("""{"antigravityAuthStatus":"{\"apiKey\":\"ya29-login-paid\",\"email\":\"paid@example.com\"}"}"""), AntigravityTests.Context(vendor), default);
        (login.Credential.ShouldBeOfType<OAuthCredential>().AccessToken, login.Warnings.Single()).ShouldBe(("ya29-login-paid", "The file has no refresh token: the login ends with its access token."));
    }

    [Theory]
    [InlineData("""{"accounts":[{"email":"a@example.com","source":"oauth","refreshToken":"1//one"},{"email":"b@example.com","source":"database","dbPath":"/x"},{"email":"c@example.com","source":"manual","apiKey":"ya29.three"}],"settings":{},"activeIndex":0}""")]
    [InlineData("""[{"email":"a@example.com","refresh_token":"1//one"},{"email":"b@example.com"},{"email":"c@example.com","api_key":"ya29.three"}]""")]
    public async Task Another_gateways_accounts_are_told_apart(string file)
    {
        var content = Encoding.UTF8.GetBytes(file);
        Import.Split(content).Select(part => Import.Inspect(part)?.Label).ShouldBe(["a@example.com", null, "c@example.com"]);
        await using var vendor = await EmulatedVendor.StartAsync();
        (await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(content, AntigravityTests.Context(vendor), default))).Message.ShouldBe("There are 3 logins in this file.");
    }

    [Theory]
    [InlineData("""{"accounts":[{"email":"a@example.com","accessToken":"x","refreshToken":"rt_1"}]}""")]
    [InlineData("""{"accounts":[{"name":"a","credentials":{"refreshToken":"aor1"}}]}""")]
    [InlineData("""[{"access_token":"aoa","refresh_token":"aor","client_id_hash":"x"},{"client_id":"c"}]""")]
    [InlineData("""{"antigravityUnifiedStateSync.oauthToken":"!","antigravityAuthStatus":"{"}""")]
    [InlineData("""{"antigravityUnifiedStateSync.oauthToken":7}""")]
    [InlineData("""{"type":"antigravity"}""")]
    [InlineData("""{"accounts":7}""")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("")]
    public void What_is_none_of_its_files_has_no_login(string file)
    {
        var content = Encoding.UTF8.GetBytes(file);
        Import.Split(content).Select(part => Import.Inspect(part)).ShouldAllBe(identity => identity == null);
    }

    [Fact]
    public void A_message_that_is_cut_anywhere_is_no_fault()
    {
        var whole = Message("ya29.access", "1//refresh", 1_800_000_000);
        for (var length = 0; length < whole.Length; length++)
        {
            var texts = new JsonObject { ["antigravityUnifiedStateSync.oauthToken"] = Convert.ToBase64String(Field(1, [.. Field(1, "oauthTokenInfoSentinelKey"u8), .. Field(2, Field(1, Encoding.ASCII.GetBytes(Convert.ToBase64String(whole[..length]))))])) };
            var identity = Import.Inspect(JsonSerializer.SerializeToUtf8Bytes(texts));
            // A cut text is shorter, never half read: a field is there with all of its length, or not.
            if (identity is not null) identity.Digest.ShouldBeOneOf(ImportedIdentity.DigestOf("1//refresh"), ImportedIdentity.DigestOf("ya29.access"));
        }
    }

    private static byte[] Database(string key, string access, string refresh, long end, string email)
    {
        var tokens = Message(access, refresh, end);
        var state = key.StartsWith("jetski", StringComparison.Ordinal)
            ? (byte[])[.. Field(1, "everything else"u8), .. Field(6, tokens)]
            : [.. Field(1, [.. Field(1, "anotherKey"u8), .. Field(2, Field(1, "x"u8))]), .. Field(1, [.. Field(1, "oauthTokenInfoSentinelKey"u8), .. Field(2, Field(1, Encoding.ASCII.GetBytes(Convert.ToBase64String(tokens))))])];
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [key] = Convert.ToBase64String(state), ["antigravityAuthStatus"] = new JsonObject { ["apiKey"] = access, ["email"] = email }.ToJsonString() });
    }

    /// <summary>Access token, type, refresh token, and a timestamp whose seconds are a number.</summary>
    private static byte[] Message(string access, string refresh, long end) =>
        [.. Field(1, Encoding.ASCII.GetBytes(access)), .. Field(2, "Bearer"u8), .. Field(3, Encoding.ASCII.GetBytes(refresh)), .. Field(4, [0x08, .. Varint(end)]), 0x30, 0x01];

    private static byte[] Field(int number, ReadOnlySpan<byte> content) => [(byte)(number << 3 | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value & 0x7f | 0x80));
        return [.. bytes, (byte)value];
    }
}
