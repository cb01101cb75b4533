using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Bedrock;

/// <summary>Accounts at AWS Bedrock: a region, one of AWS's kinds of credential, and the protocol for Claude models.</summary>
internal sealed class BedrockAccountSchema : IAccountSchema
{
    private static readonly SettingField ModelProtocol = new("wire-api", SettingType.Choice, "The protocol that the model is asked in; auto is Anthropic's own for Claude and Converse for all others.")
    { Choices = ["auto", "converse", "invoke"], OtherChoices = ["anthropic"], Default = "auto" };

    private static readonly ModelSettings Models = new(more: [ModelProtocol], prefix: ReadModelProtocol);

    /// <inheritdoc/>
    public string Section => "bedrock";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [
            new CredentialForm(AwsCredential.KindName, "Bedrock API key", [AwsCredential.ApiKeyField with { IsRequired = true }]),
            new CredentialForm(AwsCredential.KindName, "AWS access key", AwsCredential.KeyPairFields),
            new CredentialForm(AwsCredential.KindName, "AWS profile", [AwsCredential.ProfileField with { IsRequired = true }]),
            new CredentialForm(AwsCredential.KindName, "The default AWS chain: environment, shared files, roles, instance", []),
        ],
        [
            new SettingField("region", SettingType.Text, "The AWS region; by default AWS_REGION, or the profile's."),
            new SettingField("endpoint", SettingType.Address, "Another address than AWS's own: a VPC endpoint, a gateway.") { Aliases = ["base-url"] },
            new SettingField("wire-api", SettingType.Choice, "The protocol for Claude models: auto is Anthropic's own through InvokeModel.") { Choices = ["auto", "converse"], Default = "auto" },
            .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        var credential = AwsCredential.Read(entry);
        var endpoint = AddressSettings.Base(entry, "endpoint") ?? AddressSettings.Base(entry, "base-url");
        var region = AwsRegion.Read(entry, credential?.Profile, hasEndpoint: endpoint is not null, environment);
        var protocol = entry.GetEnum("wire-api", Protocol.BedrockAnthropic, ("auto", Protocol.BedrockAnthropic), ("converse", Protocol.BedrockConverse));
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null || region is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? $"bedrock {region}", Provider = BedrockModule.Id, Protocol = protocol, Region = region,
                BaseUrl = endpoint ?? AwsRegion.Endpoint(region), Credential = credential,
            }),
        ];
    }

    /// <summary>Bedrock speaks two protocols; a model's name begins with the one that it is forced to.</summary>
    private static string ReadModelProtocol(SettingsReader model)
        => model.GetEnum(ModelProtocol.Name, "", ("auto", ""), ("converse", "converse/"), ("invoke", "invoke/"), ("anthropic", "invoke/"));
}
