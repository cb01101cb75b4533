using System.IO.Pipelines;
using System.Net;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>What a refused token does to the account's credential while requests are under way.</summary>
public sealed class RenewalTests
{
    private static readonly ProviderRegistry Registry = TestProviders.CreateRegistry(TimeProvider.System);

    [Fact]
    public async Task A_token_that_is_renewed_while_its_request_is_under_way_is_not_marked_and_the_next_try_carries_it()
    {
        var (account, upstream, forwarder) = Start();
        upstream.BeforeAnswer = () => account.Cell.TrySwap(1, Login("token-two")).ShouldBeTrue();
        (await AskAsync(forwarder)).ShouldBe(200);
        upstream.Keys.ShouldBe(["token-one", "token-two"]);
        account.Cell.Current.IsRejected.ShouldBeFalse("the newer one has not been refused");
    }

    [Fact]
    public async Task A_token_that_is_refused_is_marked_until_another_takes_its_place()
    {
        var (account, upstream, forwarder) = Start();
        (await AskAsync(forwarder)).ShouldBe(503);
        upstream.Keys.ShouldBe(["token-one", "token-one"], "once more, since the provider may have renewed it");
        account.Cell.Current.IsRejected.ShouldBeTrue();
        account.Cell.TrySwap(1, Login("token-two"));
        account.Cell.Current.IsRejected.ShouldBeFalse();
    }

    [Fact]
    public async Task What_an_upstream_repeats_of_the_token_that_was_sent_is_masked_though_another_is_in_force()
    {
        var (account, upstream, forwarder) = Start();
        upstream.BeforeAnswer = () => account.Cell.TrySwap(1, Login("token-three"));
        var channel = new Sink();
        await AskAsync(forwarder, channel);
        channel.Text.ShouldNotContain("token-one");
        account.Cell.Secrets.ShouldContain("token-one", "records of this request are masked by it as well");
    }

    private static (Account Account, Upstream Upstream, Forwarder Forwarder) Start()
    {
        var loaded = new ConfigLoader(Registry, static _ => null).Load("parrots: [ { name: polly, access-token: token-one, account-id: a, cage: c } ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var upstream = new Upstream();
        var time = TimeProvider.System;
        var services = new ForwardingServices(new Router(loaded.Config!.ToRouting(), time), Registry, new UpstreamTransport(_ => upstream), time) { OptionsSource = static () => new ForwardingOptions { RequestRetry = 0 } };
        return (loaded.Config.Accounts[0], upstream, new Forwarder(services));
    }

    private static OAuthCredential Login(string token) => new() { AccessToken = token, AccountId = "a" };

    private static async Task<int> AskAsync(Forwarder forwarder, Sink? channel = null)
    {
        var body = """{"model":"parrot-1","messages":[{"role":"user","content":"hi"}]}"""u8.ToArray();
        var request = new ClientRequest { ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = "parrot-1", FlowId = "f" };
        return (await forwarder.ForwardAsync(request, channel ?? new Sink(), TestContext.Current.CancellationToken)).Status;
    }

    /// <summary>Takes only the second token, and repeats the one that it refuses.</summary>
    private sealed class Upstream : HttpMessageHandler
    {
        public List<string> Keys { get; } = [];

        public Action? BeforeAnswer { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var key = request.Headers.GetValues("x-parrot-key").Single();
            Keys.Add(key);
            BeforeAnswer?.Invoke();
            BeforeAnswer = null;
            return Task.FromResult(key == "token-two"
                ? Answer(200, """{"response":{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}}""")
                : Answer(401, $$$"""{"error":{"message":"token expired: {{{key}}}"}}"""));
        }

        private static HttpResponseMessage Answer(int status, string body)
            => new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }

    private sealed class Sink : IResponseChannel
    {
        private readonly MemoryStream _written = new();

        public Sink() => Body = PipeWriter.Create(_written);

        public PipeWriter Body { get; }

        public bool HasBegun { get; private set; }

        public string Text => Encoding.UTF8.GetString(_written.ToArray());

        public void Abort()
        {
        }

        public void Begin(int status, string contentType, AnswerHeaders headers) => HasBegun = true;
    }
}
