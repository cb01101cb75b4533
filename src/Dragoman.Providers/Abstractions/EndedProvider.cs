using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>
/// A provider whose vendor has ended the offer: files that were left by it are taken and shown with what there is instead, nobody can sign in any more, and no model goes by its accounts unless the owner
/// configures one.
/// </summary>
internal static class EndedProvider
{
    /// <summary>Makes the module.</summary>
    /// <param name="descriptor">What it was, with the position <see cref="ThirdPartyPosition.Ended"/>.</param>
    /// <param name="fileType">The type of its files in CLIProxyAPI's auth folder.</param>
    /// <param name="places">Where its files usually are.</param>
    public static ProviderModule Create(ProviderDescriptor descriptor, string fileType, IReadOnlyList<string> places) => new()
    {
        Descriptor = descriptor,
        Accounts = new EndedAccountSchema(descriptor),
        Requests = new JsonRequests(OpenAiPaths.Find),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        Models = ModelLists.Instance,
        FileType = fileType,
        Logins = [new EndedFileLogin(descriptor, fileType, places)],
        ScopeOf = static _ => NoModels.Instance,
        WarningsOf = (_, _) => [CodedText.Create("position_ended", descriptor.ThirdPartyUse.Statement, ("statement", descriptor.ThirdPartyUse.Statement))],
    };

    private sealed class EndedFileLogin(ProviderDescriptor descriptor, string fileType, IReadOnlyList<string> places) : IImportLogin
    {
        public string Id => "import";

        public string Title => "From a file that it has left";

        public IReadOnlyList<string> UsualPlaces => places;

        public ImportedIdentity? Inspect(ReadOnlyMemory<byte> content) => ProxyAuthFile.TryRead(content, fileType)?.Identify();

        public Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken)
        {
            var file = ProxyAuthFile.Read(content, fileType);
            return Task.FromResult(new LoginResult(file.Credential, file.Text("email") ?? descriptor.DisplayName) { Warnings = [descriptor.ThirdPartyUse.Statement] });
        }
    }

    private sealed class EndedAccountSchema(ProviderDescriptor descriptor) : IAccountSchema
    {
        private static readonly ModelSettings Models = new();

        public string Section => descriptor.Id;

        public AccountForm Form { get; } = new(
            [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
            [new SettingField("base-url", SettingType.Address, "Where the API was, with the version path.") { Default = descriptor.BaseUrls[0] }, .. CommonAccountSettings.SettingsWith(Models)]);

        public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
        {
            ArgumentNullException.ThrowIfNull(entry);
            var baseUrl = AddressSettings.Base(entry, "base-url", "/chat/completions") ?? descriptor.BaseUrls[0];
            var credential = OAuthCredential.Read(entry);
            var shared = new CommonAccountSettings(entry, Models);
            entry.Finish(UnsupportedSettings.Entry);
            return credential is null
                ? []
                : [shared.Apply(new Account { Id = "", Label = shared.Name ?? descriptor.Id, Provider = descriptor.Id, Protocol = Protocol.OpenAiChat, BaseUrl = baseUrl, Credential = credential })];
        }
    }
}
