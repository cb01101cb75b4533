using System.Globalization;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Kiro;

/// <summary>The tokens of a login, or an API key; where the service is; and how the protocol's doubtful places are written.</summary>
internal sealed class KiroAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Another address than the vendor's own, for all operations: a gateway, an emulator.");

    private static readonly SettingField Region = new("region", SettingType.Text, "The region of the service; by default the profile's, else us-east-1. The region of the login says nothing of it.");

    private static readonly SettingField Host = new(KiroAddress.HostOption, SettingType.Choice, "The vendor's hosts: q.REGION.amazonaws.com, those under kiro.dev, or the first and, where it refuses the account, the second.")
    { Choices = [KiroAddress.AnyHost, KiroAddress.OldHost, KiroAddress.NewHosts], Default = KiroAddress.AnyHost };

    /// <summary>The profile, where the login does not say it or another is wanted.</summary>
    public static SettingField Profile { get; } = new("profile-arn", SettingType.Text, "The profile that requests name, where it is not the login's own.");

    /// <summary>Where the system text stands.</summary>
    public static SettingField Placement { get; } = new("system-placement", SettingType.Choice, "Where the system text stands, for which the protocol has no place: in a pair of messages of its own, or before the first message.")
    { Choices = ["pair", "first-message"], Default = "pair" };

    /// <summary>The limit of bodies.</summary>
    public static SettingField MaxBody { get; } = new("max-body-bytes", SettingType.Integer, "The most bytes of a request; a longer conversation loses its oldest messages, which is reported. 0 for no limit.")
    { Default = "600000", Min = 0, Max = 100_000_000 };

    /// <summary>Whether tools that write files are told to write little at once.</summary>
    public static SettingField SmallWrites { get; } = new("advise-small-writes", SettingType.Flag, "Whether tools named Write and Edit are described with the advice to write little at once, because the service cuts long arguments off.") { Default = "false" };

    /// <summary>Whether calls in text are calls.</summary>
    public static SettingField CallsInText { get; } = new("calls-in-text", SettingType.Flag, "Whether a call that a model writes as text ([Called NAME with args: {…}]) is taken for a call.") { Default = "false" };

    /// <summary>Whether answers may end without what they cost.</summary>
    public static SettingField UnmarkedEnd { get; } = new("unmarked-end", SettingType.Flag, "Whether an answer is whole that ends without saying what it cost; by default it was cut off. Old hosts do not say it.") { Default = "false" };

    /// <summary>The word for: the oldest messages are left out.</summary>
    public const string Truncation = "truncate";

    /// <summary>The word for: the client hears that its conversation is too long.</summary>
    public const string NoCompaction = "off";

    /// <summary>What is done with a conversation that the service finds too long.</summary>
    public static SettingField Compaction { get; } = new("compaction", SettingType.Choice, "What is done with a conversation that the service finds too long: a summary by a small model stands for its oldest messages, they are left out, or the client gets the error.")
    { Choices = ["summary", Truncation, NoCompaction], Default = "summary" };

    private static readonly SettingField[] Own = [BaseUrl, Region, Host, Profile, Placement, MaxBody, SmallWrites, CallsInText, UnmarkedEnd, Compaction];

    /// <inheritdoc/>
    public string Section => KiroModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields), new CredentialForm(ApiKeyCredential.KindName, "API key (ksk_…)", ApiKeyCredential.Fields)],
        [.. Own, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Credential? credential = entry.Has("access-token") ? OAuthCredential.Read(entry) : ApiKeyCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var arn = entry.Text(Profile.Name) is { Length: > 0 } profile ? profile : null;
        if (arn is not null && KiroAddress.RegionOf(arn) is null) entry.ErrorAt(Profile.Name, "This is not the ARN of a profile.", "Write it like arn:aws:codewhisperer:us-east-1:111122223333:profile/EXAMPLE.");
        if (arn is not null) options[Profile.Name] = arn;
        var region = ReadRegion(entry) ?? KiroAddress.RegionOf(arn) ?? (credential is null ? null : KiroAddress.RegionOf(KiroExtra.Of(credential, KiroExtra.ProfileArn))) ?? KiroAddress.DefaultRegion;
        var baseUrl = AddressSettings.Base(entry, BaseUrl.Name, "/generateAssistantResponse");
        var host = entry.GetEnum(Host.Name, KiroAddress.AnyHost, [.. Host.Choices.Select(static word => (word, word))]);
        if (baseUrl is null) options[Host.Name] = host;
        if (entry.GetEnum(Placement.Name, "pair", ("pair", "pair"), ("first-message", "first-message")) is var placement && placement != Placement.Default) options[Placement.Name] = placement;
        if (entry.OptionalInteger(MaxBody.Name, MaxBody.Min!.Value, MaxBody.Max!.Value) is { } most) options[MaxBody.Name] = most.ToString(CultureInfo.InvariantCulture);
        if (entry.GetEnum(Compaction.Name, "summary", [.. Compaction.Choices.Select(static word => (word, word))]) is var shorter && shorter != Compaction.Default) options[Compaction.Name] = shorter;
        foreach (var flag in (ReadOnlySpan<SettingField>)[SmallWrites, CallsInText, UnmarkedEnd])
            if (entry.GetBool(flag.Name)) options[flag.Name] = "true";
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? KiroModule.Id, Provider = KiroModule.Id, Protocol = Protocol.CodeWhisperer, Region = region,
                BaseUrl = baseUrl ?? KiroAddress.In(KiroAddress.Amazon, region), Credential = credential, Options = options,
                FallbackUrls = baseUrl is null && host == KiroAddress.AnyHost ? [KiroAddress.In(KiroAddress.Runtime, region)] : [],
            }),
        ];
    }

    private static string? ReadRegion(SettingsReader entry)
    {
        if (entry.Text(Region.Name) is not { Length: > 0 } text) return null;
        if (KiroAddress.IsRegion(text)) return text;
        entry.ErrorAt(Region.Name, $"'{text}' is not an AWS region.", "Write it like us-east-1.");
        return null;
    }
}
