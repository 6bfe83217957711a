import type { CampaignEvent, EventsMessage } from '@outrider/shared';
import type { EventFollower, Following } from '../events/event-follower.js';

/** Where messages go: to everybody in a room of Socket.IO. */
export interface RoomOutlet {
  hasRoom(room: string): boolean;
  send(room: string, message: EventsMessage): void;
}

/** Who is in the rooms of a campaign. */
export interface RoomMember {
  /** The campaign is gone, or is to be read anew. */
  onEnd(): void;
}

/** A campaign whose rooms somebody is in, until `leave`. */
export interface OpenRooms extends Pick<Following, 'tenantId' | 'head' | 'recent'> {
  leave(): void;
}

interface Campaign {
  readonly members: Set<RoomMember>;
  readonly following: Promise<Following | null>;
}

export const campaignRoom = (campaignId: string): string => `campaign ${campaignId}`;
export const executionRoom = (executionId: string): string => `execution ${executionId}`;
export const tenantRoom = (tenantId: string): string => `tenant ${tenantId}`;

/**
 * The rooms of campaigns and their executions. However many are in a room, a message is made once: the follower has one
 * listener per campaign, and Socket.IO one text for all.
 */
export class CampaignRooms {
  readonly #follower: EventFollower;
  readonly #outlet: RoomOutlet;
  readonly #campaigns = new Map<string, Campaign>();

  constructor(follower: EventFollower, outlet: RoomOutlet) {
    this.#follower = follower;
    this.#outlet = outlet;
  }

  /** Opens the rooms of a campaign for one more member; null when there is no such campaign. */
  async enter(campaignId: string, member: RoomMember): Promise<OpenRooms | null> {
    const campaign = this.#campaigns.get(campaignId) ?? this.#open(campaignId);
    campaign.members.add(member);
    const leave = (): void => {
      campaign.members.delete(member);
      if (campaign.members.size === 0) this.#close(campaignId, campaign);
    };
    try {
      const following = await campaign.following;
      if (following === null) {
        leave();
        return null;
      }
      return {
        tenantId: following.tenantId,
        get head() {
          return following.head;
        },
        recent: (after) => following.recent(after),
        leave,
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #open(campaignId: string): Campaign {
    const members = new Set<RoomMember>();
    const campaign: Campaign = {
      members,
      following: this.#follower.follow(campaignId, {
        onEvents: (events) => this.#tell(campaignId, events),
        onEnd: () => {
          this.#campaigns.delete(campaignId);
          for (const member of [...members]) member.onEnd();
        },
      }),
    };
    this.#campaigns.set(campaignId, campaign);
    return campaign;
  }

  #close(campaignId: string, campaign: Campaign): void {
    if (this.#campaigns.get(campaignId) === campaign) this.#campaigns.delete(campaignId);
    campaign.following.then(
      (following) => following?.stop(),
      () => undefined,
    );
  }

  #tell(campaignId: string, events: readonly CampaignEvent[]): void {
    const lastSeq = events.at(-1)?.seq ?? 0;
    const room = campaignRoom(campaignId);
    if (this.#outlet.hasRoom(room))
      this.#outlet.send(room, { room: 'campaign', campaignId, events, lastSeq });
    for (const executionId of new Set(events.map((event) => event.executionId))) {
      if (executionId === null || !this.#outlet.hasRoom(executionRoom(executionId))) continue;
      const own = events.filter((event) => event.executionId === executionId);
      this.#outlet.send(executionRoom(executionId), {
        room: 'execution',
        campaignId,
        executionId,
        events: own,
        lastSeq,
      });
    }
  }
}
