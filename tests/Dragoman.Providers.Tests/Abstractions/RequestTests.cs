using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Abstractions;

/// <summary>What the API-key providers put on a request: address, headers of the client, the owner and the protocol, and the key.</summary>
public sealed class RequestTests
{
    private static readonly ProviderRegistry Registry = TestProviders.CreateRegistry(TimeProvider.System);

    [Theory]
    [InlineData("claude", "https://api.anthropic.com", "x-api-key", "k", "https://api.anthropic.com/v1/messages")]
    [InlineData("claude", "https://relay.example", "Authorization", "Bearer k", "https://relay.example/v1/messages")]
    [InlineData("gemini", "https://generativelanguage.googleapis.com", "x-goog-api-key", "k", "https://generativelanguage.googleapis.com/v1beta/models/m%201:generateContent")]
    [InlineData("codex", "https://api.openai.com/v1", "Authorization", "Bearer k", "https://api.openai.com/v1/responses")]
    [InlineData("openai", "https://o.example/v1", "Authorization", "Bearer k", "https://o.example/v1/chat/completions")]
    public async Task The_key_is_where_the_provider_wants_it(string provider, string address, string header, string value, string expected)
    {
        using var request = await MakeAsync(AccountOf(provider, address));
        request!.RequestUri!.AbsoluteUri.ShouldBe(expected);
        Header(request, header).ShouldBe(value);
        Header(request, "User-Agent")!.ShouldStartWith("dragoman/");
        request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/json");
        using var open = await MakeAsync(AccountOf(provider, address) with { Credential = new NoCredential() });
        Header(open!, header).ShouldBeNull();
    }

    [Fact]
    public async Task The_owners_headers_take_the_place_of_all_others_even_of_the_key()
    {
        var account = AccountOf("claude", "https://api.anthropic.com") with
        {
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Api-Key"] = "mine", ["anthropic-version"] = "2024-01-01", ["User-Agent"] = "own/1", ["anthropic-beta"] = "b", ["Content-Type"] = "text/plain" },
        };
        using var request = await MakeAsync(account, new KeyValuePair<string, string>("anthropic-beta", "a"));
        Header(request!, "x-api-key").ShouldBe("mine");
        Header(request!, "anthropic-version").ShouldBe("2024-01-01");
        Header(request!, "User-Agent").ShouldBe("own/1");
        Header(request!, "anthropic-beta").ShouldBe("b");
        request!.Content!.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task The_clients_headers_go_before_the_defaults()
    {
        using var request = await MakeAsync(AccountOf("claude", "https://api.anthropic.com"), new KeyValuePair<string, string>("anthropic-version", "2099-01-01"));
        Header(request!, "anthropic-version").ShouldBe("2099-01-01");
        using var plain = await MakeAsync(AccountOf("claude", "https://api.anthropic.com"));
        Header(plain!, "anthropic-version").ShouldBe("2023-06-01");
    }

    [Fact]
    public async Task The_token_of_a_login_is_sent_in_the_place_of_a_key_and_always_the_newest()
    {
        var account = AccountOf("codex", "https://api.openai.com/v1") with { Credential = new OAuthCredential { AccessToken = "t1" } };
        using var first = await MakeAsync(account);
        Header(first!, "Authorization").ShouldBe("Bearer t1");
        account.Cell.TrySwap(1, new OAuthCredential { AccessToken = "t2" }).ShouldBeTrue();
        using var second = await MakeAsync(account);
        Header(second!, "Authorization").ShouldBe("Bearer t2");
    }

    [Fact]
    public async Task A_request_whose_credential_cannot_be_had_is_given_back()
    {
        var content = new Closed();
        var module = new ProviderModule
        {
            Descriptor = Registry["codex"].Descriptor, Accounts = Registry["codex"].Accounts, Failures = Registry["codex"].Failures,
            Requests = new Fixed(content), Authenticator = new Failing(),
        };
        var call = new UpstreamCall(AccountOf("codex", "https://x.example"), new UpstreamModel("m"), UpstreamOperation.Generate);
        await Should.ThrowAsync<WireException>(async () => await module.CreateRequestAsync(call, default));
        content.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_operation_that_is_not_offered_makes_no_request()
        => (await Registry["openai"].CreateRequestAsync(new UpstreamCall(AccountOf("openai", "https://o.example/v1"), new UpstreamModel("m"), UpstreamOperation.CountTokens), default)).ShouldBeNull();

    private static Account AccountOf(string provider, string address) => new()
    {
        Id = "a", Label = "a", Provider = provider, Protocol = Registry[provider].Descriptor.Protocols[0], BaseUrl = address, Credential = new ApiKeyCredential("k"),
    };

    private static async Task<HttpRequestMessage?> MakeAsync(Account account, params KeyValuePair<string, string>[] headers)
        => await Registry[account.Provider].CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("m 1"), UpstreamOperation.Generate) { Body = "{}"u8.ToArray(), ClientHeaders = headers }, default);

    private static string? Header(HttpRequestMessage request, string name) => request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private sealed class Closed() : ByteArrayContent([])
    {
        public bool IsDisposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class Fixed(HttpContent content) : IRequestBuilder
    {
        public BuiltRequest? Build(UpstreamCall call) => new(new HttpRequestMessage(HttpMethod.Post, "https://x.example") { Content = content }, default);
    }

    private sealed class Failing : IAuthenticator
    {
        public async ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new WireException(new WireError(ErrorKind.Authentication, "No keys."));
        }
    }
}
