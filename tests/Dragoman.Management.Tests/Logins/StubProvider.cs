using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Management.Tests.Logins;

/// <summary>A provider with every way of signing in, whose vendor answers as a test wants.</summary>
internal sealed class StubProvider
{
    public const string Id = "stub";
    public const string Secret = "a-secret-token-that-nobody-may-see";

    public StubProvider(ThirdPartyPosition position = ThirdPartyPosition.Allowed, RedirectRule? rule = null)
    {
        Module = new ProviderModule
        {
            Descriptor = new ProviderDescriptor(Id, "Stub")
            {
                Kind = ProviderKind.Subscription,
                BaseUrls = ["https://stub.invalid"], Protocols = [Protocol.OpenAiChat], Homepage = "https://stub.invalid", ThirdPartyUse = new ThirdPartyUse(position, "Whatever.", new DateOnly(2026, 11, 30)),
            },
            Accounts = new Schema(),
            Requests = new JsonRequests(OpenAiPaths.Find),
            Authenticator = HeaderKey.Bearer,
            Failures = StatusFailures.Instance,
            SignOut = new Ending(this),
            QuotaReader = new UsagePage(this),
            Refresher = new Renewal(this),
            Actions = [new Action(this)],
            Logins = [new Browser(this, rule ?? RedirectRule.GatewayAddress), new Device(this), new Import(this), new Portal(this, rule ?? RedirectRule.GatewayAddress)],
        };
    }

    public ProviderModule Module { get; }

    /// <summary>What was said for the last login with a code.</summary>
    public IReadOnlyDictionary<string, string> Wished { get; private set; } = new Dictionary<string, string>();

    /// <summary>What the vendor answers to a code.</summary>
    public Func<string, AuthorizationRequest, Task<LoginResult>> Redeem { get; set; } = static (_, _) => Task.FromResult(Login("u1"));

    /// <summary>What the vendor answers to a sign-out: null, or why not.</summary>
    public Func<OAuthCredential, string?> Revoke { get; set; } = static _ => null;

    /// <summary>What the vendor's usage page says; by default nothing that anybody waits for.</summary>
    public Func<OAuthCredential, QuotaReport> Usage { get; set; } = static _ => QuotaReport.Failed("There is no page yet.");

    /// <summary>What the vendor answers to the question what would follow from the action.</summary>
    public Func<AccountActionCall, ActionPreview> Preview { get; set; } = static _ => ActionPreview.Possible("It costs 3 USD.");

    /// <summary>What the vendor answers to the action.</summary>
    public Func<AccountActionCall, ActionOutcome> Act { get; set; } = static _ => ActionOutcome.Done("It was done.");

    /// <summary>What the vendor answers to a renewal.</summary>
    public Func<OAuthCredential, TokenRefresh> Renew { get; set; } = static _ => TokenRefresh.Failed("No.", mayHaveSpent: false);

    /// <summary>What the vendor answers to questions about a device code, one after the other; the last one is said again.</summary>
    public Queue<Func<DevicePoll>> Polls { get; } = new();

    /// <summary>When the vendor was asked about a device code.</summary>
    public List<DateTimeOffset> PolledAt { get; } = [];

    public static LoginResult Login(string account, string? organization = null, string? token = null) => new(
        new OAuthCredential { AccessToken = token ?? Secret, RefreshToken = "refresh-" + Secret, AccountId = account, OrganizationId = organization, Extra = new Dictionary<string, string> { ["region"] = "eu" } }, $"{account}@stub")
    {
        AccountId = account, OrganizationId = organization, Plan = "Pro",
    };

    private sealed class Browser(StubProvider vendor, RedirectRule rule) : IBrowserLogin
    {
        public string Id => "browser";

        public string Title => "In a browser";

        public RedirectRule Redirect(VendorContext context) => rule;

        public Uri AddressOf(AuthorizationRequest request, VendorContext context)
            => new($"https://stub.invalid/auth?redirect_uri={Uri.EscapeDataString(request.RedirectUri.AbsoluteUri)}&state={request.State}&code_challenge={request.Challenge}");

        public Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken) => vendor.Redeem(code, request);
    }

    private sealed class Device(StubProvider vendor) : IDeviceLogin
    {
        public string Id => "device";

        public string Title => "With a code";

        public IReadOnlyList<SettingField> Inputs { get; } = [new("region", SettingType.Text, "The region, like us-east-1."), new("company", SettingType.Text, "The company's name.")];

        public Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken)
        {
            vendor.Wished = context.Wishes;
            return Task.FromResult(new DeviceAuthorization(Secret, "ABCD-1234", new Uri("https://stub.invalid/device"), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5)));
        }

        public Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken)
        {
            lock (vendor.Polls)
            {
                vendor.PolledAt.Add(context.Time.GetUtcNow());
                return Task.FromResult((vendor.Polls.Count > 1 ? vendor.Polls.Dequeue() : vendor.Polls.Peek())());
            }
        }
    }

    private sealed class Import(StubProvider vendor) : IImportLogin
    {
        public string Id => "import";

        public string Title => "From a file";

        public IReadOnlyList<string> UsualPlaces => ["~/.stub/auth.json"];

        public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => content.Span.SequenceEqual("good"u8) ? new ImportedIdentity { Digest = ImportedIdentity.DigestOf(Secret) } : null;

        public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
            => content.Span.SequenceEqual("good"u8) ? vendor.Redeem("file", null!) : throw new LoginException("There is no login in the file.") { Fix = "Sign in with the vendor's program first." };
    }

    /// <summary>A page where the person chooses: <c>way=browser</c> brings a code for the browser's flow, <c>way=device</c> goes on with a device code.</summary>
    private sealed class Portal(StubProvider vendor, RedirectRule rule) : IPortalLogin
    {
        private readonly Browser _browser = new(vendor, rule);

        public string Id => "portal";

        public string Title => "By what you choose there";

        public RedirectRule Redirect(VendorContext context) => rule;

        public Uri AddressOf(AuthorizationRequest request, VendorContext context) => _browser.AddressOf(request, context);

        public LoginChoice? ChoiceIn(IReadOnlyDictionary<string, string> answer) => answer.GetValueOrDefault("way") switch
        {
            null => null,
            "browser" => new LoginChoice(_browser, new Dictionary<string, string>()),
            "device" => new LoginChoice(new Device(vendor), new Dictionary<string, string> { ["region"] = answer["region"] }),
            var other => throw new LoginException($"The page says '{other}'.") { Fix = "Choose another way there." },
        };

        public Task<LoginResult> RedeemAsync(string code, AuthorizationRequest request, VendorContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("The way that was chosen redeems it.");
    }

    private sealed class Ending(StubProvider vendor) : ISignOut
    {
        public Task<string?> RevokeAsync(Account account, OAuthCredential credential, VendorContext context, CancellationToken cancellationToken) => Task.FromResult(vendor.Revoke(credential));
    }

    private sealed class UsagePage(StubProvider vendor) : IQuotaReader
    {
        public Task<QuotaReport> ReadAsync(Account account, VendorContext context, CancellationToken cancellationToken) => Task.FromResult(vendor.Usage((OAuthCredential)account.Credential));
    }

    private sealed class Action(StubProvider vendor) : IAccountAction
    {
        public string Id => "spend";

        public string Title => "Spend something";

        public string Effect => "Something is spent.";

        public IReadOnlyList<SettingField> Inputs { get; } = [new SettingField("amount", SettingType.Text, "How much.") { IsRequired = true }];

        public Task<ActionPreview> PreviewAsync(AccountActionCall call, VendorContext context, CancellationToken cancellationToken) => Task.FromResult(vendor.Preview(call));

        public Task<ActionOutcome> RunAsync(AccountActionCall call, VendorContext context, CancellationToken cancellationToken) => Task.FromResult(vendor.Act(call));
    }

    private sealed class Renewal(StubProvider vendor) : ITokenRefresher
    {
        public Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext context, CancellationToken cancellationToken) => Task.FromResult(vendor.Renew(credential));
    }

    private sealed class Schema : IAccountSchema
    {
        private static readonly ModelSettings Models = new();

        public string Section => "stubs";

        public AccountForm Form { get; } = new([new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)], CommonAccountSettings.SettingsWith(Models));

        public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
        {
            var credential = OAuthCredential.Read(entry);
            var shared = new CommonAccountSettings(entry, Models);
            entry.Finish(UnsupportedSettings.Entry);
            return credential is null ? [] : [shared.Apply(new Account { Id = "", Label = shared.Name ?? Id, Provider = Id, Protocol = Protocol.OpenAiChat, BaseUrl = "https://stub.invalid", Credential = credential })];
        }
    }
}
