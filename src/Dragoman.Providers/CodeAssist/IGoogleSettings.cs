namespace Dragoman.Providers.CodeAssist;

/// <summary>Settings of a provider whose accounts sign in at Google.</summary>
internal interface IGoogleSettings
{
    /// <summary>What people sign in to.</summary>
    GoogleApplication Application { get; }
}
